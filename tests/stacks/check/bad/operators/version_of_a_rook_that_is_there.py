"""operators.rook: 'v1.19.10' is the version of an operator that install leaves out; leave it out too, or add 'rook' to install [version-is-of-installed-rook]"""

from tests.valid import environment, operators

ENVIRONMENT = environment(operators=operators(install=["cert-manager"], rook="v1.19.10"))
