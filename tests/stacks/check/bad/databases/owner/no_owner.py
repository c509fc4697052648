"""databases.n8n.owner: is missing; write it: The role that owns it; its password is in the Secret `<cluster>-app`, or `owner_secret`"""

from tests.valid import LEFT_OUT, database, environment

ENVIRONMENT = environment(databases={"n8n": database(owner=LEFT_OUT)})
