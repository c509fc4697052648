"""databases.n8n.storage_class: a new cluster has no StorageClass 'fast' unless something else installs it; a StorageSpec creates one [new-cluster-has-storage-classes]"""

from tests.valid import database, environment, operators, talos

ENVIRONMENT = environment(
    bootstrap=talos(), operators=operators(), databases={"n8n": database(storage_class="fast")}
)
