"""The operators' own admission webhooks next to a sandbox: CloudNativePG's and cert-manager's.

They judge in the versions that `operators` installs and whose CRDs the sandbox has: the functions
are those of the releases, in small programs of ours (tools/go/cnpg-webhook, cert-manager-webhook)
that do nothing else and listen on 127.0.0.1 only. The operators' own programs listen on every
address, and CloudNativePG's would act on what it is asked about. What that is, the releases say.
"""

import base64
import shutil
import ssl
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import yaml

from stacks.cluster import ClusterClient, Refused
from tools import Fault
from tools.build import crds
from tools.build.go import Go
from tools.build.toolchain import TOOLS, Tool, Toolchain
from tools.daemon import Daemon
from tools.ports import kept, number
from tools.sandbox.api_server import Sandbox

WEBHOOK_TOOLS: Sequence[Tool] = (
    Tool(
        name="cnpg-webhook",
        version="v1.30.0",
        package=".",
        folder="cnpg-webhook",
        seconds=240,
    ),
    Tool(  # built after the other, whose libraries it shares
        name="cert-manager-webhook",
        version="v1.21.2",
        package=".",
        folder="cert-manager-webhook",
        seconds=30,
    ),
)

_CNPG = "config/webhook/manifests.yaml"
_CHART = "deploy/charts/cert-manager/"
_TEMPLATES = [f"templates/webhook-{name}-webhook.yaml" for name in ("mutating", "validating")]
_KUBERNETES = next(tool.version for tool in TOOLS if tool.name == "kube-apiserver")
_API = "/apis/admissionregistration.k8s.io/v1"
_SECONDS = 180.0  # it takes 1; a machine busy with builds many times that

_ASKED = {"mcluster.cnpg.io", "vcluster.cnpg.io", "webhook.cert-manager.io"}
_PLACE = {"name": "asked", "namespace": "default"}
_CLUSTER: dict[str, Any] = {
    "apiVersion": "postgresql.cnpg.io/v1",
    "kind": "Cluster",
    "metadata": _PLACE,
    "spec": {"instances": 1, "storage": {"size": "1Gi"}},
}
_SYNCHRONOUS = {"synchronous": {"method": "any", "number": 1}}
_ALONE = _CLUSTER | {"spec": _CLUSTER["spec"] | {"postgresql": _SYNCHRONOUS}}
"""What CloudNativePG's refuses, and of the one above its other one fills in much."""

_SHORT = {
    "apiVersion": "cert-manager.io/v1",
    "kind": "Certificate",
    "metadata": _PLACE,
    "spec": {
        "secretName": "asked",
        "dnsNames": ["db.example.org"],
        "duration": "30m",
        "issuerRef": {"name": "ca"},
    },
}
"""What cert-manager's refuses."""


@cache
def toolchain() -> Toolchain:
    """Return the toolchain of the sandbox and these two."""
    return Toolchain(tools=(*TOOLS, *WEBHOOK_TOOLS))


class Webhooks:
    """Both webhooks, for one sandbox; their files are in its directory."""

    def __init__(self, sandbox: Sandbox) -> None:
        """Name the sandbox, which runs."""
        self._sandbox = sandbox
        self._folder = sandbox.directory / "webhooks"
        self._daemons = {tool.name: Daemon(tool.name, self._folder) for tool in WEBHOOK_TOOLS}
        self._ports: dict[str, int] = {}

    @contextmanager
    def judging(self) -> Iterator[None]:
        """Have the API server ask them about what their operators have it ask about.

        It learns of it a moment after it is stored: it asks them when this is entered, and they end
        once it asks them no more.
        """
        with self._sandbox.cluster() as cluster:
            try:
                self._start()
                made = list(self._configurations())
                for manifest in made:
                    cluster.apply(manifest, manager=crds.MANAGER)
                _until(lambda: _asked(cluster) == _ASKED, "are not asked")
                try:
                    yield
                finally:
                    for it in made:
                        cluster.delete(it["apiVersion"], it["kind"], it["metadata"]["name"])
                    _until(lambda: not _asked(cluster), "are still asked")
            finally:
                for daemon in self._daemons.values():
                    daemon.stop()

    def _start(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)  # an earlier start's
        self._folder.mkdir()
        # The API server's own certificate, which it has made for 127.0.0.1: nothing has to be
        # issued, and it trusts itself.
        for name, file in (("tls.crt", "apiserver.crt"), ("tls.key", "apiserver.key")):
            (self._folder / name).symlink_to(self._sandbox.directory / "pki" / file)
        with ExitStack() as doors:
            for name, daemon in self._daemons.items():
                self._ports[name] = number(doors.enter_context(kept()))
                daemon.start(
                    [
                        toolchain().binary(name),
                        f"-port={self._ports[name]}",
                        f"-certificates={self._folder}",
                    ]
                )
            for name, daemon in self._daemons.items():
                self._wait(daemon, self._ports[name])

    def _wait(self, daemon: Daemon, port: int) -> None:
        trusted = ssl.create_default_context(cafile=self._folder / "tls.crt")
        deadline = time.monotonic() + _SECONDS
        while True:
            with suppress(URLError, OSError):
                urlopen(f"https://127.0.0.1:{port}/readyz", context=trusted).close()
                return
            if daemon.pid is None:
                raise daemon.fault("it ended")
            if time.monotonic() > deadline:
                raise daemon.fault(f"is not ready after {_SECONDS:.0f} s")
            time.sleep(0.05)

    def _configurations(self) -> Iterator[dict[str, Any]]:
        """Yield the releases' webhook configurations, with the way to these processes."""
        bundle = base64.b64encode((self._folder / "tls.crt").read_bytes()).decode()
        for name, text in (
            ("cnpg-webhook", released("cloudnative-pg", _CNPG)[_CNPG].decode()),
            ("cert-manager-webhook", self._chart()),
        ):
            for manifest in yaml.safe_load_all(text):
                manifest["metadata"] = {"name": f"{name}-{manifest['metadata']['name']}"}
                for webhook in manifest["webhooks"]:
                    path = webhook["clientConfig"]["service"]["path"]
                    url = f"https://127.0.0.1:{self._ports[name]}{path}"
                    webhook["clientConfig"] = {"url": url, "caBundle": bundle}
                yield manifest

    def _chart(self) -> str:
        """Return what cert-manager's chart makes of a plain installation, by Helm."""
        chart = self._folder / "chart"
        for name, content in released("cert-manager", _CHART).items():
            file = chart / name.removeprefix(_CHART)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        shown = [f"--show-only={template}" for template in _TEMPLATES]
        command = ["template", "cert-manager", str(chart), f"--kube-version={_KUBERNETES}", *shown]
        done = subprocess.run(
            [str(toolchain().binary("helm")), *command],
            env={"HOME": str(self._folder)},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout


def _asked(cluster: ClusterClient) -> set[str]:
    """Return which of the webhooks the API server asks, by what they do to objects of a dry run."""
    filled = cluster.apply(_CLUSTER, manager=crds.MANAGER, dry_run=True)["spec"]
    found = {"mcluster.cnpg.io"} if "postgresql" in filled else set()
    for manifest in (_ALONE, _SHORT):
        try:
            cluster.apply(manifest, manager=crds.MANAGER, dry_run=True)
        except Refused as refused:
            found |= {it for it in _ASKED if f'"{it}" denied' in refused.answer.message}
    return found


def _until(condition: Callable[[], bool], fault: str) -> None:
    deadline = time.monotonic() + _SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise Fault("the webhooks", f"they {fault} after {_SECONDS:.0f} s", "read their logs")
        time.sleep(0.05)


def released(operator: str, begin: str) -> dict[str, bytes]:
    """Return the files of an operator's release whose paths begin so."""
    release = next(release for release in crds.OPERATORS if release.name == operator)
    go = Go.find(toolchain().cache, -1)
    archive = go.module(release.module, release.version, release.checksum)
    head = f"{release.module}@{release.version}/"
    with zipfile.ZipFile(archive) as opened:
        names = [name for name in opened.namelist() if name.startswith(head + begin)]
        return {name.removeprefix(head): opened.read(name) for name in names}
