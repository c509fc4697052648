"""kept.secret_values: the environment has none, as no Secret must exist; leave it out [kept-thing-exists]"""

from tests.valid import environment, kept, kept_at

ENVIRONMENT = environment(kept=kept(secret_values=kept_at()))
