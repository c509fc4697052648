"""offsite.endpoint: Cloudflare R2 has no object lock, so copies can be overwritten and deleted; write the address of a store that has it [offsite-store-has-object-lock]"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(
    offsite=offsite(endpoint="https://0a1b.r2.cloudflarestorage.com"),
)
