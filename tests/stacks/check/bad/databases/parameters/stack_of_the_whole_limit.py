"""databases.n8n.parameters.max_stack_depth: '8MB' is more than the usual stack limit of 8 MB leaves, and PostgreSQL does not start; write at most '7680kB' [stack-depth-is-below-limit]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"max_stack_depth": "8MB"})})
