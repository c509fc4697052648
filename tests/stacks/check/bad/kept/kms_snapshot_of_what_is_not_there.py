"""kept.kms_snapshot: the environment has none, as object_store.kms is not declared; leave it out [kept-thing-exists]"""

from tests.valid import environment, kept, kept_at

ENVIRONMENT = environment(kept=kept(kms_snapshot=kept_at()))
