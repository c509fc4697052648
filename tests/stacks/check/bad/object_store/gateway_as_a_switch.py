"""object_store.gateways: True is a bool; write a whole number without quotes"""

from tests.valid import environment, object_store

ENVIRONMENT = environment(object_store=object_store(gateways=True))
