"""certificates.namespace: 'cnpg-system' is the namespace of cloudnative-pg, which operators installs too; write one of its own [operators-do-not-share-namespaces]"""

from tests.valid import certificates, environment, operators

ENVIRONMENT = environment(operators=operators(), certificates=certificates(namespace="cnpg-system"))
