"""waivers: WaiverSpec is a spec; write a list [...]"""

from tests.valid import environment, object_store, waiver

ENVIRONMENT = environment(object_store=object_store(copies=2), waivers=waiver())
