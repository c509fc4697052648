"""offsite.unencrypted_because: '' is not a reason for copies in plaintext; write why the other store's disks cannot be read, or leave it out [plaintext-has-reason]"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(offsite=offsite(unencrypted_because=""))
