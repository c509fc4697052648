"""waivers.0: 'T305' is not a WaiverSpec; write WaiverSpec(...)"""

from tests.valid import environment, object_store

ENVIRONMENT = environment(object_store=object_store(copies=2), waivers=["T305"])
