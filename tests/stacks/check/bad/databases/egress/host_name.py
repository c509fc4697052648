"""databases.n8n.egress.0.range: 'api.example.org' is not a range of addresses; write one like '10.0.0.0/8' [range-is-cidr]"""

from tests.valid import database, egress, environment

ENVIRONMENT = environment(databases={"n8n": database(egress=[egress(range="api.example.org")])})
