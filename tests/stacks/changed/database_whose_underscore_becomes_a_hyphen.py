"""Database n8n-prod/n8n-postgres-a-b-db: spec.name: 'a_b' cannot become 'a-b', which is a database of the same object; write 'a_b', or a name that differs in more than '_' and '-' [database-object-keeps-its-database]"""

from tests.valid import database, environment, further

BEFORE = environment(databases={"n8n": database(databases={"a_b": further()})})
AFTER = environment(databases={"n8n": database(databases={"a-b": further()})})
