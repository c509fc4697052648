"""waivers.0.until: is missing; write it: The last day of the permission"""

from tests.valid import LEFT_OUT, environment, object_store, waiver

ENVIRONMENT = environment(object_store=object_store(copies=2), waivers=[waiver(until=LEFT_OUT)])
