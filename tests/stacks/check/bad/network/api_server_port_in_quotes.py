"""network.api_server_port: '6443' is a str; write a whole number without quotes"""

from tests.valid import environment, network

ENVIRONMENT = environment(network=network(api_server_port="6443"))
