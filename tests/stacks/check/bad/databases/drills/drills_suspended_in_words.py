"""databases.n8n.drills.suspended: 'yes' is a str; write True or False"""

from tests.valid import database, drills, environment

ENVIRONMENT = environment(databases={"n8n": database(drills=drills(suspended="yes"))})
