"""network.operator_namespace: 'cnpg' is not where operators installs CloudNativePG; write 'cnpg-system' or leave it out [network-policy-admits-operator]"""

from tests.valid import environment, network, operators

ENVIRONMENT = environment(operators=operators(), network=network(operator_namespace="cnpg"))
