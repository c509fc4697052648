"""offsite.lock: is missing; write it: How long a copy cannot be deleted; at least as long as an archive may need it"""

from tests.valid import LEFT_OUT, environment, offsite

ENVIRONMENT = environment(offsite=offsite(lock=LEFT_OUT))
