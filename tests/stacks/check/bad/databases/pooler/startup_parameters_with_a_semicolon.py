"""databases.n8n.pooler.parameters.ignore_startup_parameters: 'search_path; extra_float_digits' is no list of parameters; write one like 'search_path' [pooler-parameter-fits-pgbouncer]"""

from tests.valid import database, environment, pooler

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            pooler=pooler(
                parameters={"ignore_startup_parameters": "search_path; extra_float_digits"}
            )
        )
    }
)
