"""context: b'homelab' is a bytes; write text in quotes"""

from tests.valid import environment

ENVIRONMENT = environment(context=b"homelab")
