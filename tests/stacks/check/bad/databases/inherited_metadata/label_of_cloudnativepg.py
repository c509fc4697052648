"""databases.n8n.inherited_metadata.labels.cnpg.io/cluster: 'cnpg.io/cluster' belongs to CloudNativePG; write another key [inherited-key-is-free]"""

from tests.valid import database, environment, inherited

ENVIRONMENT = environment(
    databases={"n8n": database(inherited_metadata=inherited(labels={"cnpg.io/cluster": "other"}))}
)
