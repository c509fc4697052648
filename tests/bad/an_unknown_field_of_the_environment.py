"""database: unknown field; did you mean 'databases'?"""

from tests.sound import environment

ENVIRONMENT = environment(database={})
