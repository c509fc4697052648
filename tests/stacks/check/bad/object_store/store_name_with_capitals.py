"""object_store.name: 'S3' is not a Kubernetes name; write lower-case letters, digits and '-', first and last a letter or digit [store-name-is-short]"""

from tests.valid import environment, object_store

ENVIRONMENT = environment(object_store=object_store(name="S3"))
