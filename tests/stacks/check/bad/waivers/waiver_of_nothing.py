"""waivers.0.place: nothing breaks T305 at 'object_store.copies'; remove the waiver, or write the place as `check` prints it [T704]"""

from tests.valid import environment, waiver

ENVIRONMENT = environment(waivers=[waiver()])
