"""offsite.endpoint: 'https://10.0.0.11:9000' is bootstrap.control_plane, a node of this cluster; write the address of a store elsewhere [offsite-is-not-on-cluster-node]"""

from tests.valid import environment, offsite, tofu

ENVIRONMENT = environment(
    bootstrap=tofu(), offsite=offsite(endpoint="https://10.0.0.11:9000", ca_secret="offsite-ca")
)
