"""kept.kms_unseal_keys: the environment has none, as object_store.kms is not declared; leave it out [kept-thing-exists]"""

from tests.valid import environment, kept, kept_at

ENVIRONMENT = environment(kept=kept(kms_unseal_keys=kept_at()))
