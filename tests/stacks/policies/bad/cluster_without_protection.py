"""Cluster shop/shop: Pulumi may delete it with the data in it; set `protect` in its resource options [data-is-protected]"""

from tests.stacks.policies.programs import sound

OBJECTS = sound()
UNPROTECTED = ["cluster"]
