"""databases.n8n.site.archive.endpoint: 'http://s3.example.org' is not an HTTPS address; write 'https://<host>' or 'https://<host>:<port>' [address-is-https]"""

from tests.valid import environment, following, site, site_archive

ENVIRONMENT = environment(
    databases={"n8n": following(site=site(archive=site_archive(endpoint="http://s3.example.org")))}
)
