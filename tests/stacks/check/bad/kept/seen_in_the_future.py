"""kept.root_ca.seen: '2999-12-31' is in the future; write the day on which it was last seen [kept-thing-was-seen]"""

from tests.valid import environment, kept, kept_at

ENVIRONMENT = environment(kept=kept(root_ca=kept_at(seen="2999-12-31")))
