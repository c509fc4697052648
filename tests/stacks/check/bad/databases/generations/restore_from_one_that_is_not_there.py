"""databases.n8n.generations.1.source: generation 3 cannot come from generation 7, which is not earlier; write the number of an earlier one, like 2 [source-is-an-earlier-generation]"""

from tests.valid import database, environment, restore

ENVIRONMENT = environment(databases={"n8n": database(generations=[restore(), restore(source=7)])})
