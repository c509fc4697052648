"""databases.n8n.site.archive.ca_secret: no public CA signs a certificate for 'https://s3.north.lan'; write the Secret with the CA that did [private-endpoint-has-ca]"""

from tests.valid import environment, following, site, site_archive

ENVIRONMENT = environment(
    databases={"n8n": following(site=site(archive=site_archive(endpoint="https://s3.north.lan")))}
)
