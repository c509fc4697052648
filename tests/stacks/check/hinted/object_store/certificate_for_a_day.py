"""object_store.certificate.duration: '1d' restarts every gateway each 16 h; a longer one is renewed automatically too [gateway-certificate-lasts-a-month]"""

from tests.valid import certificate, environment, object_store

ENVIRONMENT = environment(object_store=object_store(certificate=certificate(duration="1d")))
