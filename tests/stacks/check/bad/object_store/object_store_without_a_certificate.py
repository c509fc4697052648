"""object_store.certificate: is missing; write it: The gateways' certificate; its DNS names follow from the store's name"""

from tests.valid import LEFT_OUT, environment, object_store

ENVIRONMENT = environment(object_store=object_store(certificate=LEFT_OUT))
