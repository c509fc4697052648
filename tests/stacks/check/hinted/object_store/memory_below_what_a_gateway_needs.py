"""object_store.resources.memory: '512Mi' is less than Rook recommends, and a daemon that needs more is killed; '1Gi' is enough [daemons-have-recommended-memory]"""

from tests.valid import daemon, environment, object_store

ENVIRONMENT = environment(object_store=object_store(resources=daemon(memory="512Mi")))
