"""databases.N8N: 'N8N' is not a Kubernetes name; write lower-case letters, digits and '-', first and last a letter or digit [name-is-dns-label]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"N8N": database()})
