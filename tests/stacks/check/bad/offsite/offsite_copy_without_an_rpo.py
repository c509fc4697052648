"""offsite.rpo: is missing; write it: The most time whose WAL may be in the cluster only"""

from tests.valid import LEFT_OUT, environment, offsite

ENVIRONMENT = environment(offsite=offsite(rpo=LEFT_OUT))
