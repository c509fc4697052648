"""gitops: 'https://git.example.org/lab.git' is not a GitOpsSpec; write GitOpsSpec(...)"""

from tests.valid import environment

ENVIRONMENT = environment(gitops="https://git.example.org/lab.git")
