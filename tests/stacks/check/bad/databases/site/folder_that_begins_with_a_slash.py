"""databases.n8n.site.archive.folder: '/n8n-backups' is not a folder of a bucket; write one like 'n8n-backups' [folder-is-a-path]"""

from tests.valid import environment, following, site, site_archive

ENVIRONMENT = environment(
    databases={"n8n": following(site=site(archive=site_archive(folder="/n8n-backups")))}
)
