"""databases.n8n.egress: '203.0.113.0/24' is a str; write a list, like ['203.0.113.0/24']"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(egress="203.0.113.0/24")})
