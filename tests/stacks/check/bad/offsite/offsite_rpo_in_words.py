"""offsite.rpo: 'hourly' is not a duration; write a whole number and s, m, h or d, like '5m' [duration-has-unit]"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(offsite=offsite(rpo="hourly"))
