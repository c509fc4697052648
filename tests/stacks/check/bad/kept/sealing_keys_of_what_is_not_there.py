"""kept.sealing_keys: the environment has none, as gitops.sealing_certificate is not declared; leave it out [kept-thing-exists]"""

from tests.valid import environment, kept, kept_at

ENVIRONMENT = environment(kept=kept(sealing_keys=kept_at()))
