"""databases.n8n.generations.0.server_name: 'n8n-postgres' is an archive of this site; write that of the other [sites-have-two-server-names]"""

from tests.valid import environment, follow, following

ENVIRONMENT = environment(
    databases={"n8n": following(generations=[follow(server_name="n8n-postgres")])}
)
