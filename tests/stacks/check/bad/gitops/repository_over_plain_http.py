"""gitops.repository: 'http://git.example.org/lab.git' is not a repository over HTTPS or SSH; write 'https://<host>/<path>' or 'ssh://git@<host>/<path>' [repository-address-is-safe]"""

from tests.valid import environment, gitops

ENVIRONMENT = environment(gitops=gitops(repository="http://git.example.org/lab.git"))
