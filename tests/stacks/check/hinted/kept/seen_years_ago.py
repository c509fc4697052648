"""kept.root_ca.seen: it was last seen on '2001-01-01', more than a year ago; look whether it is still there and can be read, and write that day [kept-thing-was-seen-within-a-year]"""

from tests.valid import environment, kept, kept_at

ENVIRONMENT = environment(kept=kept(root_ca=kept_at(seen="2001-01-01")))
