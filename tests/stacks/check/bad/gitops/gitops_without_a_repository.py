"""gitops.repository: is missing; write it: Git repository over HTTPS or SSH, without user name and password"""

from tests.valid import LEFT_OUT, environment, gitops

ENVIRONMENT = environment(gitops=gitops(repository=LEFT_OUT))
