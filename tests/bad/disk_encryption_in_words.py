"""storage.encrypted: 'luks' is a str; write True or False"""

from tests.sound import environment, storage

ENVIRONMENT = environment(storage=storage(encrypted="luks"))
