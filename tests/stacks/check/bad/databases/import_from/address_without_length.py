"""databases.n8n.import_from.cidr: '192.0.2.10' is not a network; write an address and a length, like '192.0.2.10/32' [network-is-cidr]"""

from tests.valid import database, environment, importing

ENVIRONMENT = environment(databases={"n8n": database(import_from=importing(cidr="192.0.2.10"))})
