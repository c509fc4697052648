"""databases.n8n.generations.0.from_major: an upgrade from 16 to 14 is none; write the major versions that it had, oldest first [upgrades-lead-to-the-image]"""

from tests.valid import database, environment, upgrade

ENVIRONMENT = environment(
    databases={"n8n": database(generations=[upgrade(from_major=16), upgrade(from_major=14)])}
)
