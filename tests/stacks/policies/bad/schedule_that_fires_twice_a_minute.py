"""ScheduledBackup shop/nightly, spec.schedule: '*/30 0 2 * * *' has '*/30' as seconds, so it fires more than once a minute; write '0' [schedule-has-seconds]"""

from tests.stacks.policies.programs import changed

OBJECTS = changed("schedule", "schedule", "*/30 0 2 * * *")
