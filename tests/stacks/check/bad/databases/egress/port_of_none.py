"""databases.n8n.egress.0.ports.0: 0 is no port; write 1 to 65535 [port-exists]"""

from tests.valid import database, egress, environment

ENVIRONMENT = environment(databases={"n8n": database(egress=[egress(ports=[0])])})
