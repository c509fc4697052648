"""object_store.copies: 6 is too large; write 1 to 5"""

from tests.valid import environment, object_store

ENVIRONMENT = environment(object_store=object_store(copies=6))
