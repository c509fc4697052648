"""object_store.certificate.duration: 365 is an int; write text in quotes"""

from tests.valid import certificate, environment, object_store

ENVIRONMENT = environment(object_store=object_store(certificate=certificate(duration=365)))
