"""kept: 'in the safe' is not a KeptSpec; write KeptSpec(...)"""

from tests.valid import environment

ENVIRONMENT = environment(kept="in the safe")
