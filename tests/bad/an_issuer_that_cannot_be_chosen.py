"""certificates.issuer: unknown field; CertificatesSpec has namespace"""

from tests.sound import certificates, environment

ENVIRONMENT = environment(certificates=certificates(issuer="letsencrypt"))
