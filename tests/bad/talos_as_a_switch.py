"""bootstrap: True is not a TalosctlSpec; write TalosctlSpec(...) or TofuSpec(...)"""

from tests.sound import environment

ENVIRONMENT = environment(bootstrap=True)
