"""object_store.kms.engine: unknown field; KmsSpec has address, token_secret, ca_secret"""

from tests.valid import environment, kms, object_store

ENVIRONMENT = environment(object_store=object_store(kms=kms(engine="kv")))
