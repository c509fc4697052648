"""disposable: 'yes' is a str; write True or False"""

from tests.sound import environment

ENVIRONMENT = environment(disposable="yes")
