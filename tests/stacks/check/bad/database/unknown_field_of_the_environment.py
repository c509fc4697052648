"""database: unknown field; did you mean 'databases'?"""

from tests.valid import environment

ENVIRONMENT = environment(database={})
