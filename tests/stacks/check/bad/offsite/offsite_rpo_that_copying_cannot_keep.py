"""offsite.rpo: '1m' is shorter than copying can guarantee (4 passes of 30 s); write at least '120s' [offsite-rpo-is-achievable]"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(offsite=offsite(rpo="1m"))
