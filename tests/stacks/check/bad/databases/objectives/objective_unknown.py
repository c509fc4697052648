"""databases.n8n.objectives.mttr: unknown field; ObjectivesSpec has rpo, rto, write_rate"""

from tests.valid import database, environment, objectives

ENVIRONMENT = environment(databases={"n8n": database(objectives=objectives(mttr="1h"))})
