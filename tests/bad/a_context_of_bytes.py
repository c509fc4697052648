"""context: b'homelab' is a bytes; write text in quotes"""

from tests.sound import environment

ENVIRONMENT = environment(context=b"homelab")
