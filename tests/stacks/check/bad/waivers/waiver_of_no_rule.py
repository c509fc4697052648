"""waivers.0.rule: 'survives-two-hosts' is not a rule; write a name from docs/rules.md [waived-rule-is-waivable]"""

from tests.valid import environment, object_store, waiver

ENVIRONMENT = environment(
    object_store=object_store(copies=2), waivers=[waiver(rule="survives-two-hosts")]
)
