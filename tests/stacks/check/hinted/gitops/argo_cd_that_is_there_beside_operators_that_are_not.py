"""gitops: operators does not install Argo CD, and without health checks it calls what is not made yet healthy; docs/gitops.md gives it those of tier0 [argo-cd-that-is-there-has-health-checks]"""

from tests.valid import environment, gitops, operators, storage

ENVIRONMENT = environment(gitops=gitops(), operators=operators(install=["rook"]), storage=storage())
