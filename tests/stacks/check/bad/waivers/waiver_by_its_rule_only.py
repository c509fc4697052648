"""waivers.0: 'survives-one-host' is not a WaiverSpec; write WaiverSpec(...)"""

from tests.valid import environment, object_store

ENVIRONMENT = environment(object_store=object_store(copies=2), waivers=["survives-one-host"])
