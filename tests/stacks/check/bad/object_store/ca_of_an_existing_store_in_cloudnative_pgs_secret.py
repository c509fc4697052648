"""object_store.ca_secret: the Secret 'n8n-postgres-ca' in namespace 'n8n-prod' is CloudNativePG's own, for databases.n8n; choose another name [secret-has-one-writer]"""

from tests.valid import environment, existing_store

ENVIRONMENT = environment(object_store=existing_store(ca_secret="n8n-postgres-ca"))
