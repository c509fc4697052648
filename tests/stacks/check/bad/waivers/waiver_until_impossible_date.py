"""waivers.0.until: '2099-02-30' is not a date; write year, month and day, like '2027-01-31' [date-is-valid]"""

from tests.valid import environment, object_store, waiver

ENVIRONMENT = environment(object_store=object_store(copies=2), waivers=[waiver(until="2099-02-30")])
