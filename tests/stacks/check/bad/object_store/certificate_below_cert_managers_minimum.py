"""object_store.certificate.duration: '30m' is below cert-manager's minimum; write at least '1h' [certificate-lasts-an-hour]"""

from tests.valid import certificate, environment, object_store

ENVIRONMENT = environment(object_store=object_store(certificate=certificate(duration="30m")))
