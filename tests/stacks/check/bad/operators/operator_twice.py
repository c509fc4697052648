"""operators.install: 'rook' is named twice; write it once [T314]"""

from tests.valid import environment, operators

ENVIRONMENT = environment(operators=operators(install=["rook", "rook"]))
