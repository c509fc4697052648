"""adopted: 'Cluster n8n-prod/n8n-postgres' is a str; write a list, like ['Cluster n8n-prod/n8n-postgres']"""

from tests.valid import environment

ENVIRONMENT = environment(adopted="Cluster n8n-prod/n8n-postgres")
