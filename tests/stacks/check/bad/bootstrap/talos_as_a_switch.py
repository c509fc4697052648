"""bootstrap: True is not a TalosctlSpec; write TalosctlSpec(...) or TofuSpec(...)"""

from tests.valid import environment

ENVIRONMENT = environment(bootstrap=True)
