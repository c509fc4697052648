"""operators: a new cluster has no cert-manager, cloudnative-pg, barman-cloud unless its machine configurations install them; operators installs them [new-cluster-installs-operators]"""

from tests.valid import elsewhere, talos

ENVIRONMENT = elsewhere({"bootstrap": talos()})
