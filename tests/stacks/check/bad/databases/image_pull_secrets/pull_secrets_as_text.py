"""databases.n8n.image_pull_secrets: 'registry' is a str; write a list, like ['registry']"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(image_pull_secrets="registry")})
