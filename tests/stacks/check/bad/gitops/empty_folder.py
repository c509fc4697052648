"""gitops.path: '' is not a folder of a repository; write it from the repository's root, like 'rendered/homelab' [path-is-inside-repository]"""

from tests.valid import environment, gitops

ENVIRONMENT = environment(gitops=gitops(path=""))
