"""waivers.1.place: nothing breaks T305 at 'storage.copies'; remove the waiver, or write the place as `check` prints it [T704]"""

from tests.valid import environment, object_store, waiver

ENVIRONMENT = environment(
    object_store=object_store(copies=2), waivers=[waiver(), waiver(place="storage.copies")]
)
