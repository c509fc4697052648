"""storage.encrypted: 'luks' is a str; write True or False"""

from tests.valid import environment, storage

ENVIRONMENT = environment(storage=storage(encrypted="luks"))
