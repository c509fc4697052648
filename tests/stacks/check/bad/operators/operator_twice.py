"""operators.install: 'rook' is named twice; write it once [operators-are-listed-once]"""

from tests.valid import environment, operators

ENVIRONMENT = environment(operators=operators(install=["rook", "rook"]))
