"""kept: nothing says where pulumi_state, pulumi_passphrase, root_ca are kept, which a lost cluster takes with it; KeptSpec names the places, and `python -m stacks runbook` prints them [kept-place-is-known]"""

from tests.valid import environment

ENVIRONMENT = environment()
