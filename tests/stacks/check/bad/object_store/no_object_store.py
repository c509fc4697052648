"""object_store: is missing; write it: Where archives are stored"""

from tests.valid import LEFT_OUT, environment

ENVIRONMENT = environment(object_store=LEFT_OUT)
