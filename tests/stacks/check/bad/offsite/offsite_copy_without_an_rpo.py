"""offsite.rpo: is missing; write it: The longest time for which WAL may exist only in the cluster"""

from tests.valid import LEFT_OUT, environment, offsite

ENVIRONMENT = environment(offsite=offsite(rpo=LEFT_OUT))
