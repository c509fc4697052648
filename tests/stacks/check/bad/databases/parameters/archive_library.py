"""databases.n8n.parameters: 'archive_library' would undo the archiving that tier0 sets up; leave it out [parameter-is-not-managed]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(parameters={"archive_library": "basic_archive"})}
)
