"""ScheduledBackup shop/nightly, spec.schedule: '0 2 * * *' has 5 fields, and CloudNativePG reads the first as seconds; write '0 0 2 * * *' [schedule-has-seconds]"""

from tests.stacks.policies.programs import changed

OBJECTS = changed("schedule", "schedule", "0 2 * * *")
