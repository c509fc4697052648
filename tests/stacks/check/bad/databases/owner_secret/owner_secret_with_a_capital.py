"""databases.n8n.owner_secret: 'Login' is not a Kubernetes name; write lower-case letters, digits and '-', first and last a letter or digit [name-is-dns-label]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(owner_secret="Login")})
