"""databases.n8n.storage: a full volume of '1Ti' takes 4 h to copy back, more than the RTO '1h'; only a smaller database meets it [full-restore-fits-rto]"""

from tests.valid import database, environment, objectives

ENVIRONMENT = environment(
    databases={"n8n": database(storage="1Ti", objectives=objectives(rto="1h"))}
)
