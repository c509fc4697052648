"""network.api_server_port: 70000 is too large; write 1 to 65535"""

from tests.valid import environment, network

ENVIRONMENT = environment(network=network(api_server_port=70000))
