"""context: is missing; write it: The kubeconfig context of its cluster; with `bootstrap`, only the cluster's name"""

from tests.valid import LEFT_OUT, environment

ENVIRONMENT = environment(context=LEFT_OUT)
