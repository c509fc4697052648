"""certificates.issuer: unknown field; CertificatesSpec has namespace"""

from tests.valid import certificates, environment

ENVIRONMENT = environment(certificates=certificates(issuer="letsencrypt"))
