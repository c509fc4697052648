"""operators.install: 'rook' is listed twice; write it once [operators-are-listed-once]"""

from tests.valid import environment, operators

ENVIRONMENT = environment(operators=operators(install=["rook", "rook"]))
