"""Whether generations that clients leave are stopped, asked of their instances."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from components.pods import stopped
from tests.apiserver import CLUSTERS, ApiServer

SETTINGS = {"namespace": "ns", "clusters": ["db", "db-g2"]}


@pytest.fixture
def instance(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A server that accepts connections at the port of every instance."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        monkeypatch.setattr(stopped, "PORT", listening.getsockname()[1])
        yield listening


def _reported(server: ApiServer, name: str, *addresses: str) -> dict[str, Any]:
    reported = {f"{name}-{n}": {"ip": address} for n, address in enumerate(addresses, 1)}
    return server.put(
        f"{CLUSTERS}/{name}", metadata={}, status={"instancesReportedState": reported}
    )


def test_an_instance_that_accepts_connections_is_waited_for(
    server: ApiServer,
    instance: socket.socket,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _reported(server, "db", "127.0.0.1")
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        instance.close()

    monkeypatch.setattr("time.sleep", sleep)
    stopped.main(SETTINGS)
    assert waited == [stopped.PAUSE_SECONDS]
    assert capsys.readouterr().out.splitlines() == [
        "Cluster db: no instance accepts connections",
        "Cluster db-g2: no instance accepts connections",
    ]


@pytest.mark.usefixtures("instance")
def test_an_instance_that_keeps_running_is_a_sentence(
    server: ApiServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _reported(server, "db-g2", "127.0.0.1", "")
    monkeypatch.setattr(stopped, "PATIENCE_SECONDS", -1)
    with pytest.raises(SystemExit) as ended:
        stopped.main(SETTINGS)
    assert ended.value.code == 1
    assert capsys.readouterr().err == (
        "Cluster db-g2: db-g2-1 accept connections; see whether the operator runs, which stops "
        "them\n"
    )


def test_a_cluster_that_is_gone_or_has_reported_nothing_is_stopped(
    server: ApiServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.put(f"{CLUSTERS}/db", metadata={})
    stopped.main(SETTINGS)
    assert "Cluster db: no instance accepts connections" in capsys.readouterr().out
