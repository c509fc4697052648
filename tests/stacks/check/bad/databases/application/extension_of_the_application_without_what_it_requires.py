"""databases.n8n.application.extensions: 'earthdistance' requires 'cube', which is not listed; write it too [required-extensions-are-listed]"""

from tests.valid import application, database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(application=application(extensions=["earthdistance"]))}
)
