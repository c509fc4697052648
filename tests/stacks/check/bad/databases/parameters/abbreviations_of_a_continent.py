"""databases.n8n.parameters.timezone_abbreviations: 'Europe' is not a set of abbreviations; write Default, Australia, India [parameter-fits-postgresql]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(parameters={"timezone_abbreviations": "Europe"})}
)
