"""Pooler n8n-prod/n8n-postgres-pooler-rw: spec.cluster.name: it is made again for 'n8n-postgres-g2', which ends the connections through it; where Argo CD applies the tree, run `kubectl -n n8n-prod delete pooler n8n-postgres-pooler-rw` after the commit [pooler-is-made-again]"""

from tests.valid import database, environment, pooler, restore

BEFORE = environment(databases={"n8n": database(generations=[restore()], pooler=pooler())})
AFTER = environment(databases={"n8n": database(generations=[restore()], pooler=pooler(), active=2)})
