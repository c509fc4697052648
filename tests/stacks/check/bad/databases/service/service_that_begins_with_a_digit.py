"""databases.n8n.service: '1st' begins with a digit, which no Service may; write a letter first [service-name-is-dns-label]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(service="1st")})
