"""gitops.repository: 'git@gitea.gitea:lab/tier0.git' has a host name like a Service's, <name>.<namespace>, which a pod looks for in this cluster first; write the whole name of a repository elsewhere [repository-outlives-cluster]"""

from tests.valid import environment, gitops

ENVIRONMENT = environment(gitops=gitops(repository="git@gitea.gitea:lab/tier0.git"))
