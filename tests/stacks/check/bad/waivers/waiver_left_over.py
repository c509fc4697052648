"""waivers.1.place: nothing breaks survives-one-host at 'storage.copies'; remove the waiver, or write the place as `check` prints it [waiver-is-needed]"""

from tests.valid import environment, object_store, waiver

ENVIRONMENT = environment(
    object_store=object_store(copies=2), waivers=[waiver(), waiver(place="storage.copies")]
)
