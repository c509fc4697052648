"""gitops.repository: 'ssh://git@git.example.org/lab.git' is read with a key, which a new Argo CD does not have; a repository Secret in 'argocd' gives it one [new-argo-cd-can-read-repository]"""

from tests.valid import environment, gitops, operators, storage

ENVIRONMENT = environment(
    gitops=gitops(repository="ssh://git@git.example.org/lab.git"),
    operators=operators(),
    storage=storage(),
)
