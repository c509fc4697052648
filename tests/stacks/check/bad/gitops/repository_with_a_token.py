"""gitops.repository: the address holds a user or a password, which would be stored and shown; write it without them, and give Argo CD a repository Secret [repository-address-is-safe]"""

from tests.valid import environment, gitops

ENVIRONMENT = environment(gitops=gitops(repository="https://git.example.org/lab.git?token=hunter2"))
