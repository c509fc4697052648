"""storage.copies: '3' is a str; write a whole number without quotes"""

from tests.valid import environment, storage

ENVIRONMENT = environment(storage=storage(copies="3"))
