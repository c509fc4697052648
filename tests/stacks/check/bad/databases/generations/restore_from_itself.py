"""databases.n8n.generations.0.source: generation 2 cannot come from generation 2, which is not earlier; write the number of an earlier one, like 1 [source-is-an-earlier-generation]"""

from tests.valid import database, environment, restore

ENVIRONMENT = environment(databases={"n8n": database(generations=[restore(source=2)])})
