"""databases.n8n.generations.0.backup: a snapshot takes the place of a base backup; leave one of them out [snapshot-replaces-base-backup]"""

from tests.valid import database, environment, restore

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            generations=[
                restore(
                    snapshot="n8n-postgres-snapshot-20261129020000",
                    before_xid=777,
                    backup="20261129T020000",
                )
            ]
        )
    }
)
