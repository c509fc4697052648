"""databases.n8n.generations.0: time and before_xid are two targets; leave one of them out [restore-has-one-target]"""

from tests.valid import database, environment, restore

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            generations=[
                restore(time="2026-11-29T10:00:00Z", before_xid=777, backup="20261129T020000")
            ]
        )
    }
)
