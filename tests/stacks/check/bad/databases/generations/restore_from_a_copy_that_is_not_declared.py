"""databases.n8n.generations.0.store: the environment has no off-site copy; declare offsite, or write store='archive' [restore-reads-a-store-that-exists]"""

from tests.valid import database, environment, restore

ENVIRONMENT = environment(databases={"n8n": database(generations=[restore(store="offsite")])})
