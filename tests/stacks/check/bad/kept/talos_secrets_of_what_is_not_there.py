"""kept.talos_secrets: the environment has none, as bootstrap is not declared; leave it out [kept-thing-exists]"""

from tests.valid import environment, kept, kept_at

ENVIRONMENT = environment(kept=kept(talos_secrets=kept_at()))
