"""kept.root_ca.seen: '2026-02-30' is not a date; write year, month and day, like '2027-01-31' [date-is-valid]"""

from tests.valid import environment, kept, kept_at

ENVIRONMENT = environment(kept=kept(root_ca=kept_at(seen="2026-02-30")))
