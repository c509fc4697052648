"""Certificate shop/root, spec.privateKey.rotationPolicy: the CA gets another key whenever it is renewed, and no copy of it verifies what it signs then; write 'Never' [ca-keeps-its-key]"""

from tests.stacks.policies.programs import changed

OBJECTS = changed("ca", "privateKey.rotationPolicy", "Always")
