"""databases.n8n.objectives.rpo: '1m' is shorter than archiving can guarantee (30 s between WAL segments, 60 s to upload one); write at least '90s' [rpo-is-achievable]"""

from tests.valid import database, environment, objectives

ENVIRONMENT = environment(databases={"n8n": database(objectives=objectives(rpo="1m"))})
