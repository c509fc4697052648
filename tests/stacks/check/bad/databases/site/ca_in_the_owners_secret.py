"""databases.n8n.site.archive.ca_secret: the Secret 'n8n-postgres-app' in namespace 'n8n-prod' is CloudNativePG's own, for databases.n8n; choose another name [secret-has-one-writer]"""

from tests.valid import environment, following, site, site_archive

ENVIRONMENT = environment(
    databases={"n8n": following(site=site(archive=site_archive(ca_secret="n8n-postgres-app")))}
)
