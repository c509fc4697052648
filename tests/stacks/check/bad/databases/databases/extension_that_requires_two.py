"""databases.n8n.databases.maps.extensions: 'hstore_plperl' requires 'hstore', which is not listed; write it too [required-extensions-are-listed]
databases.n8n.databases.maps.extensions: 'hstore_plperl' requires 'plperl', which is not listed; write it too [required-extensions-are-listed]
"""

from components.postgres import DatabaseSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(databases={"maps": DatabaseSpec(owner="app", extensions=["hstore_plperl"])})
    }
)
