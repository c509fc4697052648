"""databases.n8n.objectives.rpo: '13000d' is longer than archive_timeout may be; write at most '12427d' [rpo-fits-archive-timeout]"""

from tests.valid import database, environment, objectives

ENVIRONMENT = environment(databases={"n8n": database(objectives=objectives(rpo="13000d"))})
