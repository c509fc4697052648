"""offsite.region: 1 is an int; write text in quotes"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(offsite=offsite(region=1))
