"""The pinned toolchain: the real Pulumi engine and Kubernetes API server, built where missing.

A machine that has `pulumi` uses its own. Everything else is built once from Go modules, which a
machine behind a registry proxy reaches too, and kept outside the checkout, in `TIER0_CACHE` or
`~/.cache/tier0`, one folder per tool, version and way of building it.
"""

import hashlib
import os
import platform
import re
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools import ROOT, Fault, say
from tools.build import crds
from tools.build.cache import default_cache, locked
from tools.build.go import Go, run_logged

MODULES = ROOT / "tools" / "go"

# A build from nothing leaves this much in Go's caches and ours (measured).
# A disk too small is found out at once, not after ten minutes.
DISK_GB = 7.5

_ENGINE_MINIMUM = (3, 250)
_SDK = (
    "github.com/pulumi/pulumi/sdk/v3",
    "v3.250.0",
    "h1:J9KDqsFS5rknqym7uVNjtcBF3M+9laOvpDAtY4xmaEg=",
)
_KUBERNETES_STAMP = "k8s.io/component-base/version"


@dataclass(frozen=True, kw_only=True)
class Tool:
    """One program: where its source is, how it is built and how long that takes."""

    name: str
    version: str
    package: str
    folder: str
    """Folder of its go.mod and go.sum in tools/go."""

    seconds: int
    """Build from cold caches on 2 cores, downloads included (measured)."""

    engine: bool = False
    """Part of the Pulumi engine, so not built where the machine has its own."""

    stamps: tuple[str, ...] = ()
    """Version variables for the linker: clients choke on an API server without a version."""

    @property
    def flags(self) -> list[str]:
        """Arguments of `go build`; without paths and VCS state two machines build the same."""
        stamped = " ".join(f"-X {stamp}" for stamp in self.stamps)
        return [
            "-mod=readonly",
            "-trimpath",
            "-buildvcs=false",
            "-gcflags=all=-dwarf=false",  # what -s leaves out need not be made: a sixth of the time
            "-ldflags",
            f"-s -w {stamped}".strip(),
        ]

    @property
    def home(self) -> str:
        """Name of its folder in the cache; another flag, source or requirement is another."""
        digest = hashlib.sha256(repr((self.package, self.flags, _SDK, platform.machine())).encode())
        folder = MODULES / self.folder
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            digest.update(
                str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0"
            )
        return f"{self.name}-{self.version}-{digest.hexdigest()[:10]}"


def _kubernetes(name: str, seconds: int) -> Tool:
    values = {
        "gitVersion": "v1.34.4",
        "gitMajor": "1",
        "gitMinor": "34",
        "gitTreeState": "clean",
        "gitCommit": "none",
        "buildDate": "2026-01-01T00:00:00Z",
    }
    return Tool(
        name=name,
        version=values["gitVersion"],
        package=f"k8s.io/kubernetes/cmd/{name}",
        folder="kubernetes",
        seconds=seconds,
        stamps=tuple(f"{_KUBERNETES_STAMP}.{key}={value}" for key, value in values.items()),
    )


SANDBOX_TOOLS: Sequence[Tool] = (
    Tool(
        name="etcd",
        version="v3.6.8",
        package="go.etcd.io/etcd/server/v3",
        folder="etcd",
        seconds=62,
    ),
    Tool(
        # The newest release whose language host is in a module that is served. It drives this
        # engine and SDK, but knows `virtualenv` only, neither `toolchain` nor `typechecker`.
        name="pulumi-language-python",
        version="v3.60.0",
        package="github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python",
        folder="language-host",
        seconds=24,
        engine=True,
    ),
    Tool(
        name="pulumi",
        version="v3.250.0",
        package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        folder="pulumi",
        seconds=217,
        engine=True,
        stamps=("github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.250.0",),
    ),
    _kubernetes("kube-apiserver", 238),
    _kubernetes("kube-controller-manager", 74),
)
"""What a sandbox and the engine that deploys to it consist of."""

TOOLS: Sequence[Tool] = (
    *SANDBOX_TOOLS,
    Tool(
        name="actionlint",
        version="v1.7.12",
        package="github.com/rhysd/actionlint/cmd/actionlint",
        folder="actionlint",
        seconds=4,
    ),
    Tool(  # for the tests of what charts make of our values
        name="helm",
        version="v3.22.0",
        package="helm.sh/helm/v3/cmd/helm",
        folder="helm",
        seconds=45,
    ),
    Tool(name="schedule", version="v1.2.0", package=".", folder="schedule", seconds=2),
    Tool(name="lua", version="v1.1.1", package=".", folder="lua", seconds=2),
    Tool(
        name="kubeseal",
        version="v0.33.0",
        package="github.com/bitnami-labs/sealed-secrets/cmd/kubeseal",
        folder="sealed-secrets",
        seconds=60,
        stamps=("main.VERSION=v0.33.0",),
    ),
)
"""These, and what the tests ask besides."""


def installed_engine() -> Path | None:
    """Folder of a usable `pulumi` on the PATH with its language host next to it, or None."""
    found = shutil.which("pulumi")
    if found is None:
        return None
    home = Path(found).resolve().parent
    try:
        answer = subprocess.run(
            [found, "version"],
            env=os.environ | {"PULUMI_SKIP_UPDATE_CHECK": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = re.match(r"v(\d+)\.(\d+)", answer.stdout.strip())
    new_enough = version and tuple(map(int, version.groups())) >= _ENGINE_MINIMUM
    return home if new_enough and (home / "pulumi-language-python").is_file() else None


class Toolchain:
    """The tools of this machine: found or built, and where they are."""

    def __init__(self, cache: Path | None = None, tools: Sequence[Tool] = TOOLS) -> None:
        """Use `cache`, by default this user's; nothing is touched yet."""
        self.cache = cache or default_cache()
        self.own_engine = installed_engine()
        self._tools = [tool for tool in tools if not (tool.engine and self.own_engine)]

    def binary(self, name: str) -> Path:
        """Path of a built program; a fault where it is not built."""
        tool = next(tool for tool in self._tools if tool.name == name)
        path = self.cache / tool.home / name
        if not path.is_file():
            raise Fault(str(path), f"{name} is not built", "run `make build`")
        return path

    def engine(self) -> Path:
        """Folder that holds `pulumi` and, next to it, its Python language host."""
        return self.own_engine or self.binary("pulumi").parent

    def crds(self) -> Path:
        """Folder of the operators' CRDs, a folder of YAML files for each operator."""
        path = crds.folder(self.cache)
        if not path.is_dir():
            raise Fault(str(path), "the operators' CRDs are not there", "run `make build`")
        return path

    def missing(self) -> list[Tool]:
        """Name what `build` would build."""
        return [tool for tool in self._tools if not (self.cache / tool.home).is_dir()]

    def build(self) -> None:
        """Build what is missing and fetch the CRDs; after an interruption, continue."""
        if self.missing() or not crds.folder(self.cache).is_dir():
            self._build_missing()
        if self.own_engine is None and any(tool.engine for tool in self._tools):
            self._join_engine()

    def _build_missing(self) -> None:
        place = self.cache / "lock"  # two builds at once would take twice as long, not half
        with locked(place, f"another build holds {place}; waiting for it") as lock:
            missing = self.missing()  # another process may have built them while we waited
            for draft in self.cache.glob(".draft-*"):
                shutil.rmtree(draft, ignore_errors=True)
            go = Go.find(self.cache, lock)
            if missing:
                self._announce(missing)
                self._check_disk(go, missing)
            for number, tool in enumerate(missing, start=1):
                label = f"{number} of {len(missing)} {tool.name} {tool.version}"
                after = sum(later.seconds for later in missing[number:])
                self._build(go, tool, label, after, lock)
            if not crds.folder(self.cache).is_dir():
                say("reading the operators' CRDs out of their releases (fetched the first time)")
                crds.extract(go, self.cache)

    def _join_engine(self) -> None:
        """Link the language host next to the engine, where it looks without a warning each time."""
        host = self.binary("pulumi-language-python")
        link = self.engine() / host.name
        if not (link.is_symlink() and link.readlink() == host):
            draft = link.with_name(f".{link.name}.{os.getpid()}")
            draft.symlink_to(host)
            draft.replace(link)

    def _announce(self, missing: Sequence[Tool]) -> None:
        total = sum(tool.seconds for tool in missing)
        say(
            f"building {', '.join(tool.name for tool in missing)} into {self.cache}: about"
            f" {total // 60} min {total % 60} s on 2 cores the first time, nothing after that"
        )

    def _check_disk(self, go: Go, missing: Sequence[Tool]) -> None:
        """Refuse to begin what the disk cannot hold; caches that are filled already count."""
        need = DISK_GB * sum(tool.seconds for tool in missing) / sum(t.seconds for t in TOOLS)
        free = min(shutil.disk_usage(_existing(path)).free for path in (self.cache, *go.caches()))
        if free / 1e9 >= need:
            return
        held = sum(_size(path) for path in go.caches()) / 1e9
        # Whatever is compiled already, the programs themselves still have to be written.
        need = max(need - held, 0.2)
        if free / 1e9 < need:
            raise Fault(
                str(self.cache),
                f"{free / 1e9:.1f} GB are free, the build needs about {need:.1f} GB",
                "free some space, or set TIER0_CACHE (and GOCACHE, GOMODCACHE) to a larger disk",
            )

    def _build(self, go: Go, tool: Tool, label: str, after: int, lock: int) -> None:
        """Build one tool under a draft name and publish its folder in one step.

        `after` is the seconds that the tools after it usually take.
        """
        draft = self.cache / f".draft-{tool.name}-{os.getpid()}"
        draft.mkdir()
        run_logged(
            [str(go.binary), "build", *tool.flags, "-o", str(draft / tool.name), tool.package],
            log=self.cache / "logs" / f"{tool.name}-{tool.version}.log",
            label=label,
            usual=tool.seconds,
            after=after,
            cwd=MODULES / tool.folder,
            environment=go.environment,
            lock=lock,
        )
        if tool.name == "pulumi-language-python":
            script = draft / "pulumi-language-python-exec"
            with zipfile.ZipFile(go.module(*_SDK)) as opened:
                member = f"{_SDK[0]}@{_SDK[1]}/python/cmd/{script.name}"
                script.write_bytes(opened.read(member))
            script.chmod(0o755)
        draft.rename(self.cache / tool.home)


def _existing(path: Path) -> Path:
    """Return the path itself or its nearest parent that exists."""
    return next(place for place in (path, *path.parents) if place.exists())


def _size(path: Path) -> int:
    """Bytes of the files below a folder; what vanishes meanwhile counts nothing."""
    total = 0
    for folder, _, names in os.walk(path):
        for name in names:
            try:
                total += os.lstat(os.path.join(folder, name)).st_size  # noqa: PTH118 (100,000 files)
            except OSError:
                continue
    return total
