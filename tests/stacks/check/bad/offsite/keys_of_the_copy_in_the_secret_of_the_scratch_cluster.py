"""offsite.secret: the Secret 'drill-superuser' in namespace 'tier0-drills' is CloudNativePG's own, for drills; choose another name [secret-has-one-writer]"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(offsite=offsite(secret="drill-superuser"))
