"""databases.n8n.application.extensions: 'pg_cron' can be created in database 'postgres' only; set parameter cron.database_name 'app', or leave it out [cron-is-created-in-its-database]"""

from tests.valid import application, database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            image="docker.io/example/postgresql:17.6",
            shared_preload_libraries=["pg_cron"],
            application=application(extensions=["pg_cron"]),
        )
    }
)
