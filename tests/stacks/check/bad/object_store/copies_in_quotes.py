"""object_store.copies: '3' is a str; write a whole number without quotes"""

from tests.valid import environment, object_store

ENVIRONMENT = environment(object_store=object_store(copies="3"))
