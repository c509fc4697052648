"""waivers.0.rule: 'compression-is-faster-than-gzip' cannot be waived; fix what it finds (docs/rules.md marks those that can be) [waived-rule-is-waivable]"""

from tests.valid import environment, object_store, waiver

ENVIRONMENT = environment(
    object_store=object_store(copies=2), waivers=[waiver(rule="compression-is-faster-than-gzip")]
)
