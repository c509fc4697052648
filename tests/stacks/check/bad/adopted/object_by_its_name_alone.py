"""adopted.0: 'n8n-prod/n8n-postgres' does not name an object; write it like 'Cluster shop/orders' or 'Namespace shop' [adopted-object-is-named]"""

from tests.valid import environment

ENVIRONMENT = environment(adopted=["n8n-prod/n8n-postgres"])
