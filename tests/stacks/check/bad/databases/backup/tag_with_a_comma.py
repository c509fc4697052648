"""databases.n8n.backup.tags: 'b,c' is not a tag value; write at most 256 letters, digits and '-_./:@+=' [archive-tags-are-valid]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(tags={"a": "b,c"}))})
