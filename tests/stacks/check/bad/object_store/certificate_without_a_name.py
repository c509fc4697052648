"""object_store.certificate.name: is missing; write it: Name of the Certificate"""

from tests.valid import LEFT_OUT, certificate, environment, object_store

ENVIRONMENT = environment(object_store=object_store(certificate=certificate(name=LEFT_OUT)))
