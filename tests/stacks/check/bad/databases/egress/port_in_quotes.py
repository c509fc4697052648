"""databases.n8n.egress.0.ports.0: '443' is a str; write a whole number without quotes"""

from tests.valid import database, egress, environment

ENVIRONMENT = environment(databases={"n8n": database(egress=[egress(ports=["443"])])})
