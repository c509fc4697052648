"""gitops.repository: 'https://git.example.org:65536/home/lab.git' is not a repository over HTTPS or SSH; write 'https://<host>/<path>' or 'ssh://git@<host>/<path>' [repository-address-is-safe]"""

from tests.valid import environment, gitops

ENVIRONMENT = environment(gitops=gitops(repository="https://git.example.org:65536/home/lab.git"))
