"""offsite.secret: is missing; write it: Secret with the copy's keys, in the namespace of each database"""

from tests.valid import LEFT_OUT, environment, offsite

ENVIRONMENT = environment(offsite=offsite(secret=LEFT_OUT))
