"""databases.n8n.pooler: a pool of a replica lets in no client before the other site has a pool too, which makes its login [pool-of-a-replica-has-its-login]"""

from tests.valid import environment, following, pooler

ENVIRONMENT = environment(databases={"n8n": following(pooler=pooler())})
