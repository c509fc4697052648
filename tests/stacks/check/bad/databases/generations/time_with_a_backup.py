"""databases.n8n.generations.0.backup: time finds its base backup by itself; leave backup out, or time to restore exactly that backup [restore-has-one-target]"""

from tests.valid import database, environment, restore

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            generations=[restore(time="2026-11-29T10:00:00Z", backup="20261129T020000")]
        )
    }
)
