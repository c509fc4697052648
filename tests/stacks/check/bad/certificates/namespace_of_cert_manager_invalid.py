"""certificates.namespace: 'cert_manager' is not a Kubernetes name; write lower-case letters, digits and '-', first and last a letter or digit [name-is-dns-label]"""

from tests.valid import certificates, environment

ENVIRONMENT = environment(certificates=certificates(namespace="cert_manager"))
