"""context: is empty; write it: The kubeconfig context of its cluster; with `bootstrap`, only the cluster's name"""

from tests.valid import environment

ENVIRONMENT = environment(context="")
