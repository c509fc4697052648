"""databases.n8n.parameters.temp_file_limit: '100000' is for each of 400 connections, and 315 of them fill '30Gi'; a lower limit leaves room for the others [temporary-files-leave-room]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            storage="30Gi", parameters={"temp_file_limit": "100000", "max_connections": "400"}
        )
    }
)
