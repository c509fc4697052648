"""gitops.path: '/rendered/homelab' is not a folder in a repository; write its path from the repository's root, like 'rendered/homelab' [path-is-inside-repository]"""

from tests.valid import environment, gitops

ENVIRONMENT = environment(gitops=gitops(path="/rendered/homelab"))
