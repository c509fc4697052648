"""operators.rook_memory: it is the memory of an operator that install leaves out; leave it out too, or add 'rook' to install [memory-is-of-installed-rook]"""

from tests.valid import environment, operators

ENVIRONMENT = environment(operators=operators(install=["cert-manager"], rook_memory="1Gi"))
