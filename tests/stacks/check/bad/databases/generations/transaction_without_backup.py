"""databases.n8n.generations.0.before_xid: transaction 777 needs the base backup to start from; write the backup that `find` prints with it [restore-has-one-target]"""

from tests.valid import database, environment, restore

ENVIRONMENT = environment(databases={"n8n": database(generations=[restore(before_xid=777)])})
