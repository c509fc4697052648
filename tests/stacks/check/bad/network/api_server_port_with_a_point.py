"""network.api_server_port: 6443.0 is a float; write a whole number without quotes"""

from tests.valid import environment, network

ENVIRONMENT = environment(network=network(api_server_port=6443.0))
