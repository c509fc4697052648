"""offsite.region: a generation that is restored from 'https://s3.example.org' asks it for the archive's region, 'us-east-1', and not for 'garage'; see that the store answers [other-stores-answer-the-archives-region]"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(offsite=offsite(region="garage"))
