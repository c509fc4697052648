"""kept.root_ca: the environment has none, as an object store that tier0 makes is not declared; leave it out [kept-thing-exists]"""

from tests.valid import environment, existing_store, kept

ENVIRONMENT = environment(object_store=existing_store(), kept=kept())
