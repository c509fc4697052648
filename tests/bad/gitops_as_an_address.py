"""gitops: 'https://git.example.org/lab.git' is not a GitOpsSpec; write GitOpsSpec(...)"""

from tests.sound import environment

ENVIRONMENT = environment(gitops="https://git.example.org/lab.git")
