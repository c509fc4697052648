"""databases.n8n.superuser: unknown field; PostgresSpec has namespace, cluster, database, owner, image, instances, synchronous, storage, storage_class, clients, objectives, backup"""

from tests.sound import database, environment

ENVIRONMENT = environment(databases={"n8n": database(superuser=True)})
