"""operators.install: 'rook' is a str; write a list, like ['rook']"""

from tests.valid import environment, operators

ENVIRONMENT = environment(operators=operators(install="rook"))
