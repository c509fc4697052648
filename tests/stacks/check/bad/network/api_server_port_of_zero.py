"""network.api_server_port: 0 is too small; write 1 to 65535"""

from tests.valid import environment, network

ENVIRONMENT = environment(network=network(api_server_port=0))
