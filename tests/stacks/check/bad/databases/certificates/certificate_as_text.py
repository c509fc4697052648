"""databases.n8n.certificates: 'n8n-tls' is not a DatabaseCertificatesSpec; write DatabaseCertificatesSpec(...)"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(certificates="n8n-tls")})
