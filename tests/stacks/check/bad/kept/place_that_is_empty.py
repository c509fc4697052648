"""kept.root_ca.place: '' names no place; write one line, like 'safe, house B' [place-is-named]"""

from tests.valid import environment, kept, kept_at

ENVIRONMENT = environment(kept=kept(root_ca=kept_at(place="")))
