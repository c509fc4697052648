"""network.api_port: unknown field; did you mean 'api_server_port'?"""

from tests.valid import environment, network

ENVIRONMENT = environment(network=network(api_port=6443))
