"""databases.n8n.generations.0.time: '2026-11-29T10:00:00' has no time zone; write one, like '2026-11-29T10:00:00+00:00' [moment-has-time-zone]"""

from tests.valid import database, environment, restore

ENVIRONMENT = environment(
    databases={"n8n": database(generations=[restore(time="2026-11-29T10:00:00")])}
)
