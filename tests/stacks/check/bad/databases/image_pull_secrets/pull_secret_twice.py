"""databases.n8n.image_pull_secrets: 'registry' is listed twice; write it once [names-are-listed-once]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(image_pull_secrets=["registry", "registry"])})
