"""offsite: is a tuple of 1 OffsiteSpec; remove the comma after it"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(offsite=(offsite(),))
