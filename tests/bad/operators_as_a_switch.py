"""operators: True is not an OperatorsSpec; write OperatorsSpec(...)"""

from tests.sound import environment

ENVIRONMENT = environment(operators=True)
