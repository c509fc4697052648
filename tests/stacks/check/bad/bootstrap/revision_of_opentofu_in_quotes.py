"""bootstrap.revision: '2' is a str; write a whole number without quotes"""

from tests.valid import environment, tofu

ENVIRONMENT = environment(bootstrap=tofu(revision="2"))
