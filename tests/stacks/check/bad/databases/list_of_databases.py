"""databases: it is a list; write a dict {name: ...}"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases=[database()])
