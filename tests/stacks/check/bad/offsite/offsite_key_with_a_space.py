"""offsite.access_key: 'ACCESS KEY' is not a Secret's key; write letters, digits, '-', '_' and '.' [T109]"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(offsite=offsite(access_key="ACCESS KEY"))
