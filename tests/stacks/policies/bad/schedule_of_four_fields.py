"""ScheduledBackup shop/nightly, spec.schedule: '0 2 * *' has 4 fields; write six, seconds first, like '0 0 2 * * *' [schedule-has-seconds]"""

from tests.stacks.policies.programs import changed

OBJECTS = changed("schedule", "schedule", "0 2 * *")
