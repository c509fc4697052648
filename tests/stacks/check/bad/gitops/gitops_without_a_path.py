"""gitops.path: is missing; write it: Folder of the tree in the repository: what `render --out` wrote, and nothing else"""

from tests.valid import LEFT_OUT, environment, gitops

ENVIRONMENT = environment(gitops=gitops(path=LEFT_OUT))
