"""object_store.kms: 'https://bao.example.org:8200' is not a KmsSpec; write KmsSpec(...)"""

from tests.valid import environment, object_store

ENVIRONMENT = environment(object_store=object_store(kms="https://bao.example.org:8200"))
