"""databases.n8n.application.extensions: 'timescaledb' cannot be created while its library is not loaded; add 'timescaledb' to shared_preload_libraries [created-extension-is-loaded]"""

from tests.valid import application, database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(application=application(extensions=["timescaledb"]))}
)
