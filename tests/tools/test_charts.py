"""Whether the pinned charts are still there, asked of repositories on this machine."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from components.charts import CHARTS, ROOK, Chart, Operator
from tools.__main__ import main
from tools.charts import PINS, forgotten, missing

INDEX = """\
apiVersion: v1
entries:
  rook-ceph:
    - version: v1.20.7
    - version: v1.17.9
  empty: []
"""
Serve = Callable[[Mapping[str, str]], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start a web server that has the given pages and no other; return its address."""
    servers: list[ThreadingHTTPServer] = []

    def start(pages: Mapping[str, str]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = pages.get(self.path)
                self.send_response(404 if page is None else 200)
                self.end_headers()
                self.wfile.write((page or "").encode())

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
                """Print nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def pinned(repository: str, chart: str = "rook-ceph", version: str = "v1.17.9") -> Chart:
    return CHARTS["rook"]._replace(repository=repository, chart=chart, chart_version=version)


def found(*charts: Chart) -> list[str]:
    return [str(fault) for fault in missing([*zip(CHARTS, charts, strict=False)])]


@pytest.mark.parametrize("version", ["v1.17.9", "1.17.9", "v1.20.7"])
def test_a_chart_that_is_there_is_no_fault(serve: Serve, version: str) -> None:
    assert found(pinned(serve({"/r/index.yaml": INDEX}) + "/r", version=version)) == []


def test_a_repository_that_moved_without_a_redirect_is_named(serve: Serve) -> None:
    address = serve({})
    assert found(pinned(f"{address}/gone")) == [
        f"{address}/gone/index.yaml: it answers 404; find the repository's new address, and write "
        "it into components/charts.py"
    ]


def test_a_repository_where_nobody_listens_is_named() -> None:
    (said,) = found(pinned("http://127.0.0.1:9"))
    assert said.startswith("http://127.0.0.1:9/index.yaml: it does not answer ([Errno 111]")


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        ("<html>{{parked}}", "it is not the index of a chart repository"),
        ("a: [", "it is not YAML"),
        ("entries: 1", "it is not the index of a chart repository"),
    ],
)
def test_a_page_that_is_no_index_is_named(serve: Serve, page: str, fault: str) -> None:
    address = serve({"/index.yaml": page})
    (said,) = found(pinned(address))
    assert said.startswith(f"{address}/index.yaml: {fault}; ")


def test_a_chart_that_was_withdrawn_is_named_with_the_newest(serve: Serve) -> None:
    address = serve({"/index.yaml": INDEX})
    assert found(pinned(address, version="v1.17.8")) == [
        f"cert-manager: {address} has no chart rook-ceph v1.17.8 (its newest is 1.20.7); choose a "
        "version that is there, and write it into components/charts.py"
    ]
    for chart in ("rook", "empty"):
        assert "(its newest is none)" in found(pinned(address, chart))[0]


def test_every_fault_is_said_at_once_and_a_repository_asked_once(serve: Serve) -> None:
    good, bad = serve({"/index.yaml": INDEX}), serve({})
    faults = found(pinned(bad), pinned(good), pinned(bad), pinned(good, "other"))
    assert [fault.partition(": ")[0] for fault in faults] == [f"{bad}/index.yaml", "barman-cloud"]


def test_every_version_of_rook_that_may_be_chosen_is_asked_for() -> None:
    asked = [pin.chart_version for operator, pin in PINS if operator == "rook"]
    assert asked == list(ROOK)
    assert {operator for operator, _ in PINS} == set(CHARTS)


def test_a_pin_that_nobody_looked_at_for_a_quarter_is_named_with_its_page() -> None:
    pin = CHARTS["cert-manager"]._replace(looked_at="2026-11-29")
    pins: list[tuple[Operator, Chart]] = [("cert-manager", pin)]
    assert [*forgotten(pins, dt.date(2027, 3, 1))] == []
    (fault,) = forgotten(pins, dt.date(2027, 3, 2))
    assert str(fault) == (
        "cert-manager v1.21.2: nobody looked at it for 93 days; look at "
        "https://cert-manager.io/docs/releases/, and write what it says and the day into "
        "components/charts.py"
    )


def test_the_command_ends_with_1_where_something_is_gone(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    today = dt.datetime.now(dt.UTC).date().isoformat()
    there = pinned(serve({"/index.yaml": INDEX}))._replace(looked_at=today)
    monkeypatch.setattr("tools.__main__.PINS", [("rook", there)])
    assert main(["charts"]) == 0
    said = capsys.readouterr().out
    assert said == "all 1 charts are in their repositories, and looked at this quarter\n"
    monkeypatch.setattr("tools.__main__.PINS", [("rook", there._replace(looked_at="2026-01-01"))])
    assert main(["charts"]) == 1
    assert "nobody looked at it" in capsys.readouterr().out
    monkeypatch.setattr("tools.__main__.PINS", [("rook", pinned(serve({})))])
    assert main(["charts"]) == 1
    assert "it answers 404" in capsys.readouterr().out
