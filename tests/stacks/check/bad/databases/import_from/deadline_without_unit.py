"""databases.n8n.import_from.deadline: '240' is not a duration; write a whole number and s, m, h or d, like '5m' [duration-has-unit]"""

from tests.valid import database, environment, importing

ENVIRONMENT = environment(databases={"n8n": database(import_from=importing(deadline="240"))})
