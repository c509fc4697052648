"""databases.n8n.backup.tags: 'a,b' is not a tag key; write 1 to 128 letters, digits and '-_./:@+=' [archive-tags-are-valid]
databases.n8n.backup.tags: 'e,f' is not a tag value; write at most 256 letters, digits and '-_./:@+=' [archive-tags-are-valid]
"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(tags={"a,b": "c", "d": "e,f"}))})
