"""offsite.access_key: 'ACCESS KEY' is not a Secret's key; write letters, digits, '-', '_' and '.' [secret-key-is-valid]"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(offsite=offsite(access_key="ACCESS KEY"))
