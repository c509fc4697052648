"""databases.n8n.import_from.ssl_mode: with 'require' another server can give the data; write 'verify-full' and the CA [import-verifies-its-source]"""

from tests.valid import database, environment, importing

ENVIRONMENT = environment(
    databases={"n8n": database(import_from=importing(ssl_mode="require", ca_secret=None))}
)
