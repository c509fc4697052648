"""databases.nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn: the role has 45 characters, too many for the CronJob '<role>-restore'; write at most 44 [drilled-role-is-short]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n" * 45: database()})
