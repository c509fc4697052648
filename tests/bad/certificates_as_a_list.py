"""certificates: [] is not a CertificatesSpec; write CertificatesSpec(...)"""

from tests.sound import environment

ENVIRONMENT = environment(certificates=[])
