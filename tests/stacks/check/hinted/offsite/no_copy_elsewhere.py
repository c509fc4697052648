"""offsite: no archive is copied off-site, so the loss of the Ceph cluster is the loss of everything; declare a store elsewhere (docs/offsite.md) [archives-are-copied-offsite]"""

from tests.valid import environment

ENVIRONMENT = environment()
