"""operators: a new cluster has no cert-manager, rook, cloudnative-pg, barman-cloud unless its machine configurations install them; operators installs them [new-cluster-installs-operators]"""

from tests.valid import environment, talos

ENVIRONMENT = environment(bootstrap=talos())
