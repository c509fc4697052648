"""operators.versions: unknown field; OperatorsSpec has install, rook, rook_memory"""

from tests.valid import environment, operators

ENVIRONMENT = environment(operators=operators(versions={"rook": "v1.20.6"}))
