"""Cluster n8n-prod/n8n-postgres: spec.postgresql.shared_preload_libraries: 'vchord, pg_cron' becomes 'pg_cron.so', which restarts each instance, the primary last; apply it while a restart is acceptable [loaded-libraries-restart-instances]
Cluster n8n-prod/n8n-postgres: spec.postgresql.shared_preload_libraries: 'vchord' is loaded no more, and what its extension made fails; drop the extension in each database first [unloaded-library-leaves-its-extension]"""

from tests.valid import database, environment

BEFORE = environment(
    databases={
        "n8n": database(
            image="docker.io/tensorchord/cloudnative-vectorchord:17.6",
            shared_preload_libraries=["vchord", "pg_cron"],
        )
    }
)
AFTER = environment(
    databases={
        "n8n": database(
            image="docker.io/tensorchord/cloudnative-vectorchord:17.6",
            shared_preload_libraries=["pg_cron.so"],
        )
    }
)
