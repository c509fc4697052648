"""databases.n8n.wal_segment: 48 is not a choice; write 16, 32, 64 or 128"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(wal_segment=48)})
