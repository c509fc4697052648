"""databases.n8n.parameters.temp_file_limit: '200MB' is for each of 100 connections, and 52 of them fill '10Gi'; a lower limit leaves room for the others [temporary-files-leave-room]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"temp_file_limit": "200MB"})})
