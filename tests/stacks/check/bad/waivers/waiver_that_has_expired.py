"""waivers.0.until: the waiver of survives-one-host at object_store.copies was until 2026-01-31; fix what it waives, or write a later day [waiver-has-not-expired]"""

from tests.valid import environment, object_store, waiver

ENVIRONMENT = environment(object_store=object_store(copies=2), waivers=[waiver(until="2026-01-31")])
