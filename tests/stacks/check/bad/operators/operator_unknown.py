"""operators.install.1: 'traefik' is not a choice; write 'cert-manager', 'rook', 'cloudnative-pg', 'barman-cloud', 'sealed-secrets' or 'argo-cd'"""

from tests.valid import environment, operators

ENVIRONMENT = environment(operators=operators(install=["cert-manager", "traefik"]))
