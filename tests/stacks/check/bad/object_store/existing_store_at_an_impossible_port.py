"""object_store.port: 70000 is too large; write 1 to 65535"""

from tests.valid import environment, existing_store

ENVIRONMENT = environment(object_store=existing_store(port=70000))
