"""grafana: unknown field; EnvironmentSpec has context, bootstrap, disposable, operators, certificates, storage, network, monitored, prometheus, object_store, offsite, databases, gitops, kept, waivers"""

from tests.valid import environment

ENVIRONMENT = environment(grafana="monitoring")
