"""databases.n8n.backup.retention: '1y' is not a retention; write a whole number and d, w or m (days, weeks, months), like '30d' [retention-has-unit]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(retention="1y"))})
