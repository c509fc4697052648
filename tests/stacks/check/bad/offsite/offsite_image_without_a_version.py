"""offsite.image: 'ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar' names no fixed version; write 'ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar:<tag>' or 'ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar@sha256:<digest>' [image-is-pinned]"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(
    offsite=offsite(image="ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar")
)
