"""kept.root_ca.place: it holds a password or a key; write only where that is kept [place-is-named]"""

from tests.valid import environment, kept, kept_at

ENVIRONMENT = environment(kept=kept(root_ca=kept_at(place="-----BEGIN EC PRIVATE KEY-----")))
