"""What CloudNativePG writes into a Cluster by itself is not reported."""

from tests.stacks.adopt.cases import adopted, cluster, said


def test_what_the_operators_webhook_writes_needs_no_word() -> None:
    # As the API server has them once the webhook of 1.30.0 has seen the Cluster.
    names = ("archive_mode", "hot_standby", "log_destination", "ssl_max_protocol_version")
    values = dict(zip(names, ("on", "true", "csvlog", "TLSv1.3"), strict=True))
    check = {"connectionTimeout": 1000, "enabled": True, "requestTimeout": 1000}
    volume = {"size": "1Gi", "resizeInUseVolumes": True}
    cold = {"name": "cold", "owner": {"name": "app"}, "storage": volume, "temporary": False}
    first = {"encoding": "UTF8", "localeCType": "C", "localeCollate": "C"}
    made = adopted(
        cluster(
            affinity={"podAntiAffinityType": "preferred"},
            bootstrap={"initdb": first},
            enablePDB=True,
            imagePullPolicy="IfNotPresent",
            logLevel="info",
            monitoring={
                "customQueriesConfigMap": [{"key": "queries", "name": "cnpg-default-monitoring"}],
                "disableDefaultQueries": False,
                "enablePodMonitor": False,
            },
            postgresql={
                "parameters": values,
                "syncReplicaElectionConstraint": {"enabled": False},
            },
            probes={"liveness": {"isolationCheck": check}},
            seccompProfile={"type": "RuntimeDefault"},
            tablespaces=[cold],
        )
    )
    assert said(made, "kept out") == ""
