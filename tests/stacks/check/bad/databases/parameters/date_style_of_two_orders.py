"""databases.n8n.parameters.datestyle: 'DMY, MDY' says two different things; write 'ISO, DMY', 'ISO, MDY' or 'ISO, YMD' [parameter-fits-postgresql]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"datestyle": "DMY, MDY"})})
