"""waivers.0.place: nothing breaks survives-one-host at 'object_store.copies'; remove the waiver, or write the place as `check` prints it [waiver-is-needed]"""

from tests.valid import environment, waiver

ENVIRONMENT = environment(waivers=[waiver()])
