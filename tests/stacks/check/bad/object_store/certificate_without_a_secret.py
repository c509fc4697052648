"""object_store.certificate.secret: is missing; write it: Name of the Secret that cert-manager writes: `tls.crt`, `tls.key`, `ca.crt`"""

from tests.valid import LEFT_OUT, certificate, environment, object_store

ENVIRONMENT = environment(object_store=object_store(certificate=certificate(secret=LEFT_OUT)))
