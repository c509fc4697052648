"""offsite.rpo: '1m' is less than copying can keep (4 looks of 30 s); write at least '120s' [offsite-rpo-is-achievable]"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(offsite=offsite(rpo="1m"))
