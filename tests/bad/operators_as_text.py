"""operators.install: 'rook' is a str; write a list, like ['rook']"""

from tests.sound import environment, operators

ENVIRONMENT = environment(operators=operators(install="rook"))
