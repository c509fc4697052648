"""bootstrap.nodes.cp-1.address: 'cp-1.lan' is not an IP address; write one like '10.0.0.2', not a host name [address-is-ip]"""

from tests.valid import environment, node, talos

ENVIRONMENT = environment(
    bootstrap=talos(nodes={"cp-1": node(role="control-plane", address="cp-1.lan")})
)
