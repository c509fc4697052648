"""kept.pulumi_state.place: it holds a password or a key; write only where that is kept [place-is-named]"""

from tests.valid import environment, kept, kept_at

ENVIRONMENT = environment(
    kept=kept(pulumi_state=kept_at(place="https://ada:hunter2@state.example.org"))
)
