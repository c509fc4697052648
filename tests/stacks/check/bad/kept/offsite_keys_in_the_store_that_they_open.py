"""kept.offsite_keys.place: 'https://s3.example.org/keys' is the store that these keys open; keep it elsewhere [kept-outlives-cluster]"""

from tests.valid import environment, kept, kept_at, offsite

ENVIRONMENT = environment(
    offsite=offsite(), kept=kept(offsite_keys=kept_at(place="https://s3.example.org/keys"))
)
