"""operators: True is not an OperatorsSpec; write OperatorsSpec(...)"""

from tests.valid import environment

ENVIRONMENT = environment(operators=True)
