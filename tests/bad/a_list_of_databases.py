"""databases: it is a list; write a dict {name: ...}"""

from tests.sound import database, environment

ENVIRONMENT = environment(databases=[database()])
