"""disposable: 'yes' is a str; write True or False"""

from tests.valid import environment

ENVIRONMENT = environment(disposable="yes")
