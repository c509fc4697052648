"""prometheus: unknown field; EnvironmentSpec has context, bootstrap, disposable, operators, certificates, storage, network, monitored, object_store, offsite, databases, gitops, waivers"""

from tests.valid import environment

ENVIRONMENT = environment(prometheus="monitoring")
