"""databases.n8n.tablespaces.cold.temporary: 'yes' is a str; write True or False"""

from tests.valid import database, environment, tablespace

ENVIRONMENT = environment(
    databases={"n8n": database(tablespaces={"cold": tablespace(temporary="yes")})}
)
