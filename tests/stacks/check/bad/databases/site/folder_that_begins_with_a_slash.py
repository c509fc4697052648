"""databases.n8n.site.archive.folder: '/n8n-backups' is not a path inside of a bucket; write folders of letters, digits and '._-', like 'clusters/prod', without a slash at its ends [bucket-path-is-plain]"""

from tests.valid import environment, following, site, site_archive

ENVIRONMENT = environment(
    databases={"n8n": following(site=site(archive=site_archive(folder="/n8n-backups")))}
)
