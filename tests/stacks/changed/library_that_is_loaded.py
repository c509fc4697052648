"""Cluster n8n-prod/n8n-postgres: spec.postgresql.shared_preload_libraries: none becomes 'vchord', which restarts each instance, the primary last; apply it while a restart is acceptable [loaded-libraries-restart-instances]"""

from tests.valid import database, environment

BEFORE = environment(
    databases={"n8n": database(image="docker.io/tensorchord/cloudnative-vectorchord:17.6")}
)
AFTER = environment(
    databases={
        "n8n": database(
            image="docker.io/tensorchord/cloudnative-vectorchord:17.6",
            shared_preload_libraries=["vchord"],
        )
    }
)
