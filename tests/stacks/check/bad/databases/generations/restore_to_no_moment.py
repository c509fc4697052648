"""databases.n8n.generations.0.time: 'yesterday' is not a moment; write one like '2026-11-30T10:00:00+00:00' [moment-has-time-zone]"""

from tests.valid import database, environment, restore

ENVIRONMENT = environment(databases={"n8n": database(generations=[restore(time="yesterday")])})
