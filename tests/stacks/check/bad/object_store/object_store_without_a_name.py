"""object_store.name: is missing; write it: Name of the CephObjectStore"""

from tests.valid import LEFT_OUT, environment, object_store

ENVIRONMENT = environment(object_store=object_store(name=LEFT_OUT))
