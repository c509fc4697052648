"""databases.n8n.databases.maps.extensions: 'earthdistance' requires 'cube', which is not listed; write it too [required-extensions-are-listed]"""

from components.postgres import DatabaseSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(databases={"maps": DatabaseSpec(owner="app", extensions=["earthdistance"])})
    }
)
