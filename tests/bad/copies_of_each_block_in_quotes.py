"""storage.copies: '3' is a str; write a whole number without quotes"""

from tests.sound import environment, storage

ENVIRONMENT = environment(storage=storage(copies="3"))
