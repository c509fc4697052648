"""operators: a new cluster has no argo-cd unless its machine configurations install them; operators installs them [new-cluster-installs-operators]"""

from tests.valid import environment, gitops, operators, talos

ENVIRONMENT = environment(
    bootstrap=talos(),
    gitops=gitops(),
    operators=operators(install=["cert-manager", "rook", "cloudnative-pg", "barman-cloud"]),
)
