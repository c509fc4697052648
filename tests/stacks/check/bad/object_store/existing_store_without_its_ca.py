"""object_store.ca_secret: is missing; write it: Secret in the namespace of each database, and in that of drills; its key `ca.crt` holds the CA that signed the gateways' certificate, which must have the name of Rook's Service"""

from tests.valid import LEFT_OUT, environment, existing_store

ENVIRONMENT = environment(object_store=existing_store(ca_secret=LEFT_OUT))
