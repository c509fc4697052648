"""storage.disks.filter: '^sda4$' is a partition, which Rook does not encrypt and skips; write the whole disk, or encrypted=False [encrypted-disks-are-whole]"""

from tests.valid import environment, every_node, storage

ENVIRONMENT = environment(storage=storage(disks=every_node(filter="^sda4$")))
