"""databases: is missing; write it: The databases, by their role in the environment"""

from tests.valid import LEFT_OUT, environment

ENVIRONMENT = environment(databases=LEFT_OUT)
