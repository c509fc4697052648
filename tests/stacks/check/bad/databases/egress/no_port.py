"""databases.n8n.egress.0.ports: is empty; write at least one, or leave out what it belongs to [list-says-something]"""

from tests.valid import database, egress, environment

ENVIRONMENT = environment(databases={"n8n": database(egress=[egress(ports=[])])})
