"""kept.root_ca.place: it has 800 characters; write at most 200 [place-is-named]"""

from tests.valid import environment, kept, kept_at

ENVIRONMENT = environment(kept=kept(root_ca=kept_at(place="safe " * 160)))
