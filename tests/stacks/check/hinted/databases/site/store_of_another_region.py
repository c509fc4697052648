"""databases.n8n.site.archive.region: the replica asks 'https://s3.example.org' for the archive's region here, 'us-east-1', and not for 'garage'; see that the store answers [other-stores-answer-the-archives-region]"""

from tests.valid import environment, following, site, site_archive

ENVIRONMENT = environment(
    databases={"n8n": following(site=site(archive=site_archive(region="garage")))}
)
