"""databases.n8n.generations.0.from_major: an upgrade from 17 to 17 is none; write the major versions that it had, oldest first [upgrades-lead-to-the-image]"""

from tests.valid import database, environment, upgrade

ENVIRONMENT = environment(databases={"n8n": database(generations=[upgrade(from_major=17)])})
