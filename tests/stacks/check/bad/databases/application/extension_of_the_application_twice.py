"""databases.n8n.application.extensions: 'vector' is listed twice; write it once [names-are-listed-once]"""

from tests.valid import application, database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(application=application(extensions=["vector", "vector"]))}
)
