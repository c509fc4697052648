"""kept.root_ca.seen: is missing; write it: The last day on which it was there, whole, and could be read"""

from tests.valid import LEFT_OUT, environment, kept, kept_at

ENVIRONMENT = environment(kept=kept(root_ca=kept_at(seen=LEFT_OUT)))
