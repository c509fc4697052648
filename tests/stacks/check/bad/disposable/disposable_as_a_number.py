"""disposable: 0 is an int; write True or False"""

from tests.valid import environment

ENVIRONMENT = environment(disposable=0)
