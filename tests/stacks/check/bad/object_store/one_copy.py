"""object_store.copies: 1 copy loses data with one or two hosts; write at least 3, or declare the environment disposable [survives-one-host]"""

from tests.valid import environment, object_store

ENVIRONMENT = environment(object_store=object_store(copies=1))
