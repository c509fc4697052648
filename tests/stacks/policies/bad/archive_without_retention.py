"""ObjectStore shop/backups, spec.retentionPolicy: no base backup and no WAL is ever deleted, until the store is full; write how far back recovery must reach, like '30d' [archive-has-retention]"""

from tests.stacks.policies.programs import changed

OBJECTS = changed("store", "retentionPolicy", None)
