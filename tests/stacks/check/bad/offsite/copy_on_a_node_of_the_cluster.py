"""offsite.endpoint: 'https://10.0.0.21:9000' is bootstrap.nodes.w-1, a node of this cluster; write the address of a store elsewhere [offsite-is-not-on-cluster-node]"""

from tests.valid import environment, offsite, talos

ENVIRONMENT = environment(
    bootstrap=talos(), offsite=offsite(endpoint="https://10.0.0.21:9000", ca_secret="offsite-ca")
)
