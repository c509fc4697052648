"""adopted: 'Cluster n8n-prod/n8n-postgre' is not declared by a database; did you mean 'Cluster n8n-prod/n8n-postgres'? [adopted-objects-are-declared]"""

from tests.valid import environment

ENVIRONMENT = environment(adopted=["Cluster n8n-prod/n8n-postgre"])
