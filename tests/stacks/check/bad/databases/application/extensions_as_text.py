"""databases.n8n.application.extensions: 'vector' is a str; write a list, like ['vector']"""

from tests.valid import application, database, environment

ENVIRONMENT = environment(databases={"n8n": database(application=application(extensions="vector"))})
