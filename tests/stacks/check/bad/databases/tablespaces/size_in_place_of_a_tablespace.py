"""databases.n8n.tablespaces.cold: '100Gi' is not a TablespaceSpec; write TablespaceSpec(...)"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(tablespaces={"cold": "100Gi"})})
