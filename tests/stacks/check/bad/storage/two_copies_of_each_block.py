"""storage.copies: 2 copies lose data with one or two hosts; write at least 3, or declare the environment disposable [survives-one-host]"""

from tests.valid import environment, storage

ENVIRONMENT = environment(storage=storage(copies=2))
