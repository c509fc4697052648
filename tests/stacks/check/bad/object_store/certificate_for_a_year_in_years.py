"""object_store.certificate.duration: '1y' is not a duration; write a whole number and s, m, h or d, like '5m' [duration-has-unit]"""

from tests.valid import certificate, environment, object_store

ENVIRONMENT = environment(object_store=object_store(certificate=certificate(duration="1y")))
