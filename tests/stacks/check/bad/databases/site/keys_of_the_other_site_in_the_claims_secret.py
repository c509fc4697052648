"""databases.n8n.site.archive.secret: the Secret 'n8n-backups' in namespace 'n8n-prod' is Rook's own, for databases.n8n.backup; choose another name [secret-has-one-writer]"""

from tests.valid import environment, following, site, site_archive

ENVIRONMENT = environment(
    databases={"n8n": following(site=site(archive=site_archive(secret="n8n-backups")))}
)
