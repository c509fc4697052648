"""bootstrap.timeout: '20' is not a duration; write a whole number and s, m, h or d, like '5m' [duration-has-unit]"""

from tests.valid import environment, talos

ENVIRONMENT = environment(bootstrap=talos(timeout="20"))
