"""databases.n8n.objectives.write_rate: '40Mb/s' is not a rate; write a whole number and MB/s, like '5MB/s' [rate-has-unit]"""

from tests.valid import database, environment, objectives

ENVIRONMENT = environment(databases={"n8n": database(objectives=objectives(write_rate="40Mb/s"))})
