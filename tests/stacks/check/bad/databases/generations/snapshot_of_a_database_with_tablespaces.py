"""databases.n8n.generations.0.snapshot: 'n8n-1' is without the tablespaces' volumes; write a base backup in backup, or leave it out [snapshot-replaces-base-backup]"""

from tests.valid import database, environment, restore, tablespace

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            tablespaces={"cold": tablespace()}, generations=[restore(snapshot="n8n-1")], active=1
        )
    }
)
