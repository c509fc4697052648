"""databases.n8n.generations.0.reason: 'restore' is not a reason; write in some words why [reason-is-given]"""

from tests.valid import database, environment, restore

ENVIRONMENT = environment(databases={"n8n": database(generations=[restore(reason="restore")])})
