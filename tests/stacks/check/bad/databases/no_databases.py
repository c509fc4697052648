"""databases: is missing; write it: The databases, by the name their role has in the environment"""

from tests.valid import LEFT_OUT, environment

ENVIRONMENT = environment(databases=LEFT_OUT)
