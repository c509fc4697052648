"""databases.n8n.drills.restore: '0 * * * *' is due again after 60 min, and a drill may take '2h', so some are left out; a longer interval leaves out none [drill-ends-before-its-next]"""

from tests.valid import database, drills, environment

ENVIRONMENT = environment(databases={"n8n": database(drills=drills(restore="0 * * * *"))})
