"""object_store.ca_secret: the Secret 'n8n-postgres-ca' in namespace 'n8n-prod' is CloudNativePG's own, for databases.n8n; choose another name [secret-has-one-writer]"""

from tests.valid import elsewhere, s3

ENVIRONMENT = elsewhere({"object_store": s3(ca_secret="n8n-postgres-ca")})
