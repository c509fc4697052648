"""certificates: [] is not a CertificatesSpec; write CertificatesSpec(...)"""

from tests.valid import environment

ENVIRONMENT = environment(certificates=[])
