"""certificates.namespace: 'cnpg-system' is also the namespace of cloudnative-pg, which operators installs; write another one [operators-do-not-share-namespaces]"""

from tests.valid import certificates, environment, operators

ENVIRONMENT = environment(operators=operators(), certificates=certificates(namespace="cnpg-system"))
