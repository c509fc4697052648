"""bootstrap.revision: 9223372036854775808 is too large; write 1 to 9223372036854775807"""

from tests.valid import environment, tofu

ENVIRONMENT = environment(bootstrap=tofu(revision=2**63))
