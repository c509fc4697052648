"""object_store.gateways: 17 is too large; write 1 to 16"""

from tests.valid import environment, object_store

ENVIRONMENT = environment(object_store=object_store(gateways=17))
