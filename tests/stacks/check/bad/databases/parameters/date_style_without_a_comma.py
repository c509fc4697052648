"""databases.n8n.parameters.datestyle: 'ISO DMY' is not a date style; write 'ISO, DMY', 'ISO, MDY' or 'ISO, YMD' [parameter-fits-postgresql]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"datestyle": "ISO DMY"})})
