"""offsite.unencrypted_because: 'because' is no reason for copies in plaintext; write why nobody can read the other store's disks, or leave it out [plaintext-has-reason]"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(offsite=offsite(unencrypted_because="because"))
