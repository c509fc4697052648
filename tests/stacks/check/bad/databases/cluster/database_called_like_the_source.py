"""databases.n8n.cluster: 'import' is what CloudNativePG calls the source of an import here; choose another name [import-is-not-called-like-an-archive]"""

from tests.valid import database, environment, importing, site

ENVIRONMENT = environment(
    databases={
        "n8n": database(cluster="import", import_from=importing(), site=site(role="primary"))
    }
)
