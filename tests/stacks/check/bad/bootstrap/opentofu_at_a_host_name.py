"""bootstrap.control_plane: 'cp-1.lan' is not an IP address; write one like '10.0.0.2', not a host name [address-is-ip]"""

from tests.valid import environment, tofu

ENVIRONMENT = environment(bootstrap=tofu(control_plane="cp-1.lan"))
