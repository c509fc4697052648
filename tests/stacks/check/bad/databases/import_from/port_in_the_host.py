"""databases.n8n.import_from.host: 'db.example.org:5432' is not a host name; write one like 's3.example.org', without scheme, port or wildcard [host-name-is-dns-name]"""

from tests.valid import database, environment, importing

ENVIRONMENT = environment(
    databases={"n8n": database(import_from=importing(host="db.example.org:5432"))}
)
