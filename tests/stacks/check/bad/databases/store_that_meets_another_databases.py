"""databases.n8n-site: the ObjectStore resource 'n8n-site-store' is also that of databases.n8n.site; choose another name [object-names-are-unique]"""

from tests.valid import database, environment, site

ENVIRONMENT = environment(
    databases={"n8n": database(site=site(role="primary")), "n8n-site": database("shop")}
)
