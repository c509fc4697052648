"""adopted: 'Deployment web/x' is not declared by a database; leave it out [adopted-objects-are-declared]"""

from tests.valid import environment

ENVIRONMENT = environment(adopted=["Deployment web/x"])
