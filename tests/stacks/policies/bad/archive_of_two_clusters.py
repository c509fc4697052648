"""Cluster shop/second, spec: s3://backups/shop/ is also the archive of Cluster shop/shop; write another bucket or another cluster [archive-is-not-shared]"""

from tests.stacks.policies.programs import second

OBJECTS = second(serverName="shop")
