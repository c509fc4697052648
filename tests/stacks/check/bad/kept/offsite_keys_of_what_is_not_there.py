"""kept.offsite_keys: the environment has none, as offsite is not declared; leave it out [kept-thing-exists]"""

from tests.valid import environment, kept, kept_at

ENVIRONMENT = environment(kept=kept(offsite_keys=kept_at()))
