"""offsite.lock: '1y' is not a retention; write a whole number and d, w or m (days, weeks, months), like '30d' [retention-has-unit]"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(offsite=offsite(lock="1y"))
