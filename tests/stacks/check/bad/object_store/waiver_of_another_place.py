"""object_store.copies: 2 copies lose data with one or two hosts; write at least 3, or declare the environment disposable [survives-one-host]
waivers.0.place: nothing breaks survives-one-host at 'object_store.gateways'; remove the waiver, or write the place as `check` prints it [waiver-is-needed]
"""

from tests.valid import environment, object_store, waiver

ENVIRONMENT = environment(
    object_store=object_store(copies=2), waivers=[waiver(place="object_store.gateways")]
)
