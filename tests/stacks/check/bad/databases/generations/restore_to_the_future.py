"""databases.n8n.generations.0.time: '2126-11-29T10:00:00Z' is in the future; write a moment that has passed [moment-has-time-zone]"""

from tests.valid import database, environment, restore

ENVIRONMENT = environment(
    databases={"n8n": database(generations=[restore(time="2126-11-29T10:00:00Z")])}
)
