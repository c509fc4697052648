"""gitops.revision: 'v1.*' is not a revision; write a branch, a tag or a commit [revision-is-valid]"""

from tests.valid import environment, gitops

ENVIRONMENT = environment(gitops=gitops(revision="v1.*"))
