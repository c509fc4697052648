"""certificates.namespace: 'cnpg-system' is the namespace of cloudnative-pg, which operators installs too; write one of its own [T329]"""

from tests.valid import certificates, environment, operators

ENVIRONMENT = environment(operators=operators(), certificates=certificates(namespace="cnpg-system"))
