"""waivers.0.rule: 'H101' cannot be waived; mend what it finds (docs/rules.md says which can be) [T701]"""

from tests.valid import environment, object_store, waiver

ENVIRONMENT = environment(object_store=object_store(copies=2), waivers=[waiver(rule="H101")])
