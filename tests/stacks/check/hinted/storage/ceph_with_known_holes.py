"""storage.image: 'quay.io/ceph/ceph:v18.2.7' has the holes CVE-2025-30156, by which any key of Ceph becomes an administrator's, and CVE-2026-50152, by which a key that may only read shows those of encrypted disks; Ceph 19.2.6 and 20.2.4 fix them, with Rook 1.19.9 or newer (docs/upgrade.md) [ceph-has-no-known-hole]"""

from tests.valid import environment, operators, storage

ENVIRONMENT = environment(operators=operators(), storage=storage())
