"""databases.n8n.superuser: unknown field; PostgresSpec has namespace, cluster, service, database, owner, application, image, instances, synchronous, storage, storage_class, wal_storage, wal_storage_class, wal_segment, resources, placement, parameters, shared_preload_libraries, extension_images, pg_hba, timers, databases, roles, pooler, clients, objectives, backup, snapshots, generations, active, retired, removed, checks, drills"""

"""databases.n8n.superuser: unknown field; PostgresSpec has namespace, cluster, service, database, owner, image, instances, synchronous, storage, storage_class, wal_storage, wal_storage_class, wal_segment, resources, placement, inherited_metadata, parameters, timers, databases, roles, pooler, clients, objectives, backup, snapshots, generations, active, retired, removed, checks, drills"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(superuser=True)})
