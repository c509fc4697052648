"""gitops.repository: 'https://gitea.git.svc.cluster.local./lab/tier0.git' is a service of this cluster and is lost with it; write a repository elsewhere [repository-outlives-cluster]"""

from tests.valid import environment, gitops

ENVIRONMENT = environment(
    gitops=gitops(repository="https://gitea.git.svc.cluster.local./lab/tier0.git")
)
