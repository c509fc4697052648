"""Cluster shop/shop, spec.bootstrap.recovery.recoveryTarget.targetTime: '2026-11-30 10:00:00' has no time zone; write one, like '2026-11-30 10:00:00+00:00' [moment-has-time-zone]"""

from tests.stacks.policies.programs import changed

OBJECTS = changed("cluster", "bootstrap.recovery.recoveryTarget.targetTime", "2026-11-30 10:00:00")
