"""databases.n8n.roles.cdc.replication: a role that cannot log in streams nothing, and its members do not inherit it; write a password_secret or login, or leave it out [replication-role-can-log-in]"""

from tests.valid import database, environment, role

ENVIRONMENT = environment(
    databases={"n8n": database(roles={"cdc": role(password_secret=None, replication=True)})}
)
