"""databases.n8n.owner: 'ääääääääääääääääääääääääääääääää' has 64 bytes; write at most 63 [identifier-is-usable]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(owner="ä" * 32)})
