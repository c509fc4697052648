"""databases.n8n.tablespaces: [TablespaceSpec(storage='100Gi')] is a list; write a dict {name: ...}"""

from tests.valid import database, environment, tablespace

ENVIRONMENT = environment(databases={"n8n": database(tablespaces=[tablespace()])})
