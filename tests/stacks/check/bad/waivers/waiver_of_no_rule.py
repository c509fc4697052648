"""waivers.0.rule: 'T999' is no rule; write an id from docs/rules.md [T701]"""

from tests.valid import environment, object_store, waiver

ENVIRONMENT = environment(object_store=object_store(copies=2), waivers=[waiver(rule="T999")])
