"""databases.n8n.wal_segment: a segment of 64 MiB every 30 s is 193 GB of WAL a day although little is written, and fills '10Gi' in 80 min while the object store is away; smaller segments or a longer RPO write less [large-segments-suit-the-rpo]"""

from tests.valid import database, environment, objectives

ENVIRONMENT = environment(
    databases={"n8n": database(wal_segment=64, objectives=objectives(rpo="90s"))}
)
