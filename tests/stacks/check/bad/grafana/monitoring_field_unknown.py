"""grafana: unknown field; EnvironmentSpec has what docs/specs.md lists"""

from tests.valid import environment

ENVIRONMENT = environment(grafana="monitoring")
