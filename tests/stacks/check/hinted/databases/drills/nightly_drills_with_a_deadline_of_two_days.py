"""databases.n8n.drills.restore: '23 3 * * *' is due again after 24 h, and a drill may take '2d', so some are left out; a longer interval leaves out none [drill-ends-before-its-next]"""

from tests.valid import database, drills, environment

ENVIRONMENT = environment(databases={"n8n": database(drills=drills(deadline="2d"))})
