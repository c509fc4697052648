"""databases.n8n.generations.0: latest and time are two targets; leave one out [restore-has-one-target]"""

from tests.valid import database, environment, restore

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            generations=[
                restore(time="2026-11-29T10:00:00Z", latest=True, backup="20261129T020000")
            ]
        )
    }
)
