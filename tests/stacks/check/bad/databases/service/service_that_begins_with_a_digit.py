"""databases.n8n.service: '1st' begins with a digit, which a Service must not; begin with a letter [service-name-is-dns-label]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(service="1st")})
