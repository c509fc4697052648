"""databases.n8n.generations.0.backup: 'latest' is not the ID of a base backup; write one like '20261130T020000' [backup-id-is-barmans]"""

from tests.valid import database, environment, restore

ENVIRONMENT = environment(databases={"n8n": database(generations=[restore(backup="latest")])})
