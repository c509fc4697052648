"""operators.rook: 'v1.20.6' is not a choice; write 'v1.17.9', 'v1.18.11' or 'v1.19.10'"""

from tests.valid import environment, operators

ENVIRONMENT = environment(operators=operators(rook="v1.20.6"))
