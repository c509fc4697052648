"""object_store.kms.token_secret: is missing; write it: Secret in the object store's namespace; its key `token` may use the transit engine"""

from tests.valid import LEFT_OUT, environment, kms, object_store

ENVIRONMENT = environment(object_store=object_store(kms=kms(token_secret=LEFT_OUT)))
