"""operators.install: 'barman-cloud' is not installed with CloudNativePG, and databases.n8n archives through it; add it [barman-plugin-is-installed]"""

from tests.valid import environment, operators

ENVIRONMENT = environment(operators=operators(install=["cert-manager", "rook", "cloudnative-pg"]))
