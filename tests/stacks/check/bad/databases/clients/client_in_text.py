"""databases.n8n.clients: 'shop' is a str; write a list, like ['shop']"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(clients="shop")})
