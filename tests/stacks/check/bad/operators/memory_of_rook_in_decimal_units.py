"""operators.rook_memory: '1GB' is not a size; write a whole number and Mi, Gi or Ti, like '1Gi' [size-has-binary-unit]"""

from tests.valid import environment, operators, storage

ENVIRONMENT = environment(operators=operators(rook_memory="1GB"), storage=storage())
