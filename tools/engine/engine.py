"""The Pulumi engine on its own state: which engine, plugins, project and cluster.

The user's own Pulumi is left alone: its login, its stacks, its settings and every variable of it.
"""

import importlib.metadata
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import yaml

from tools import Fault, write_atomically
from tools.build.toolchain import Toolchain
from tools.engine.kubernetes import PROVIDER, built
from tools.engine.plugins import RUNTIME, install, install_runner

PLUGINS = ("kubernetes", "command")
_INSTALL_SECONDS = 300

# Of the caller's environment these would lead elsewhere: to a cluster, a backend or a Pulumi login.
_FOREIGN = ("PULUMI_", "KUBE", "TIER0_PLUGIN_")


_LINES = 40
_DIAGNOSTICS, _OUTPUTS = "Diagnostics:", "Outputs:"


class Engine:
    """`pulumi` for one program with its backend, project and passphrase in one directory.

    The project is generated: `pulumi stack init` writes `Pulumi.<stack>.yaml` next to `Pulumi.yaml`
    and has no option for another place; next to the program's file it would change the checkout.
    A project's `main` may be an absolute path, and the stack's settings stay with the project.
    """

    def __init__(
        self,
        directory: Path,
        program: Path,
        kubeconfig: Path,
        toolchain: Toolchain | None = None,
        python: Path = Path(sys.executable),
    ) -> None:
        """Keep everything in `directory`, run the program of the folder `program` by `python`."""
        self.directory = directory.absolute()
        self.project = self.directory / "project"
        self._program = program.absolute()
        self._kubeconfig = kubeconfig
        self._toolchain = toolchain or Toolchain()
        self._python = python
        self.stack = ""
        """The stack of a run that names none; if empty, the selected one."""
        self._passphrase = self.directory / "passphrase"
        self.real, self.offline = self._find_plugins()

    def describe(self) -> str:
        """Say in one line which engine and which plugins are used."""
        own = self._toolchain.own_engine
        engine = f"pulumi of {own}" if own else "pulumi built from its Go module"
        real = [
            f"real {name} plugin "
            + ("built from its Go module" if PROVIDER.name in folder.name else f"of {folder}")
            for name, folder in self.real.items()
        ]
        stand_ins = [f"offline stand-in for the {name} plugin" for name in self.offline]
        return f"engine: {engine}; {'; '.join(real + stand_ins)}"

    def prepare(self) -> None:
        """Write what `run` needs: the project, the passphrase, the backend, the stand-ins."""
        for folder in (self.project, self.directory / "backend"):
            folder.mkdir(parents=True, exist_ok=True)
        if not self._passphrase.exists():
            write_atomically(self._passphrase, secrets.token_urlsafe(32))
        project = yaml.safe_load((self._program / "Pulumi.yaml").read_text())
        project["main"] = str(self._program)
        if sys.prefix != sys.base_prefix:
            virtualenv = str(self._python.parents[1])
            project["runtime"] = {"name": "python", "options": {"virtualenv": virtualenv}}
        write_atomically(self.project / "Pulumi.yaml", yaml.safe_dump(project), 0o644)
        stand_ins = self.directory / "plugins"
        if self.offline:
            install(stand_ins, self._python)
        # Into the plugin cache of our PULUMI_HOME: of those on the PATH the engine warns each time.
        for name in PLUGINS:
            plugin = f"pulumi-resource-{name}"
            folder = self.directory / "pulumi-home" / _cached(name)
            folder.mkdir(parents=True, exist_ok=True)
            link = folder / plugin
            link.unlink(missing_ok=True)
            link.symlink_to(self.real.get(name, stand_ins) / plugin)

    def policy_pack(self, folder: Path) -> Path:
        """Return the policy pack of *folder* as this engine runs it, for `--policy-pack`.

        It is run by the program's Python, which must have what the pack needs.
        """
        pack = self.directory / "policy-packs" / folder.name
        pack.mkdir(parents=True, exist_ok=True)
        project = yaml.safe_load((folder / "PulumiPolicy.yaml").read_text())
        virtualenv = str(self._python.parents[1])
        project["runtime"] = {"name": "python", "options": {"virtualenv": virtualenv}}
        if self._toolchain.own_engine is None:
            project["runtime"] = RUNTIME
            plugin = f"analyzer-policy-{RUNTIME}-v1.0.0"
            install_runner(self.directory / "pulumi-home" / "plugins" / plugin, self._python)
        write_atomically(pack / "PulumiPolicy.yaml", yaml.safe_dump(project), 0o644)
        shutil.copy(folder / "__main__.py", pack)
        return pack

    def begin(self, stack: str) -> None:
        """Make the stack `stack`, whose objects nobody waits for: nothing reconciles in a sandbox.

        The setting is written before it, as `pulumi config set` would be one process more.
        """
        settings = yaml.safe_dump({"config": {"tier0:wait": "false"}})
        write_atomically(self.project / f"Pulumi.{stack}.yaml", settings, 0o644)
        self.run("stack", "init", stack)

    @property
    def environment(self) -> dict[str, str]:
        """What `pulumi` runs with, without the caller's settings of Pulumi and Kubernetes."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
        # The language host that we build takes the first `python3` of the PATH for the program's.
        folders = [str(self._python.parent), str(self._toolchain.engine())]
        kept["PATH"] = os.pathsep.join([*folders, os.environ.get("PATH", os.defpath)])
        kept |= {
            "KUBECONFIG": str(self._kubeconfig),
            "PULUMI_HOME": str(self.directory / "pulumi-home"),
            # Without it each write of the state is followed by one of a sidecar that is not atomic
            # (gocloud fileblob, setAttrs): killed there, every later run ends with "EOF".
            "PULUMI_BACKEND_URL": f"{(self.directory / 'backend').as_uri()}?metadata=skip",
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(self._passphrase),
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            # The program is read from a checkout, which shall stay as it is.
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        if self.stack:
            kept["PULUMI_STACK"] = self.stack
        if self.offline:  # never wait for a download that cannot come
            kept["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true"
        return kept

    def run(
        self,
        *args: str,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        check: bool = True,
    ) -> subprocess.CompletedProcess[str]:
        """Run `pulumi` in the project (or in `cwd`) and return what it printed.

        With `check`, an exit code other than 0 is a fault that ends in its diagnostics.
        """
        done = subprocess.run(
            self.command(*args),
            cwd=cwd or self.project,
            env=self.environment | dict(env or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode:
            said = "\n".join([*diagnosed(done.stdout), *done.stderr.splitlines()[-_LINES:]])
            place = f"pulumi {' '.join(args)}"
            raise Fault(place, f"exit code {done.returncode}", f"what it said is\n{said}")
        return done

    def command(self, *args: str) -> list[str]:
        """Make the command line of `pulumi` for a process without a terminal."""
        return [
            str(self._toolchain.engine() / "pulumi"),
            *args,
            "--non-interactive",
            "--color=never",
        ]

    def _find_plugins(self) -> tuple[dict[str, Path], list[str]]:
        """Find the folder of each real provider plugin; name those that stand-ins must replace."""
        own = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
        fetched = self._toolchain.cache / "pulumi-home"
        real, offline = {}, []
        for name in PLUGINS:
            relative = _cached(name)
            found = shutil.which(f"pulumi-resource-{name}")
            if found:
                real[name] = Path(found).parent
            elif (own / relative / f"pulumi-resource-{name}").is_file():
                real[name] = own / relative
            elif self._toolchain.own_engine and self._fetch(name, fetched):
                real[name] = fetched / relative
            elif name == "kubernetes":
                real[name] = built(self._toolchain.cache)
            else:
                offline.append(name)
        return real, offline

    def _fetch(self, name: str, home: Path) -> bool:
        """Let an installed engine download a plugin: tried once, as offline it only costs time."""
        binary = home / _cached(name) / f"pulumi-resource-{name}"
        version = importlib.metadata.version(f"pulumi-{name}")
        tried = home / f"tried-{name}-{version}"
        if not binary.is_file() and not tried.exists():
            home.mkdir(parents=True, exist_ok=True)
            tried.touch()
            engine = self._toolchain.engine() / "pulumi"
            try:
                subprocess.run(
                    [engine, "plugin", "install", "resource", name, version],
                    env=os.environ | {"PULUMI_HOME": str(home), "PULUMI_SKIP_UPDATE_CHECK": "1"},
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    check=False,
                    timeout=_INSTALL_SECONDS,
                )
            except subprocess.TimeoutExpired:
                return False
        return binary.is_file()


def _cached(name: str) -> Path:
    """Place of a provider plugin in a PULUMI_HOME, in the version that the installed SDK is of."""
    return Path("plugins") / f"resource-{name}-v{importlib.metadata.version(f'pulumi-{name}')}"


def diagnosed(said: str) -> list[str]:
    """Return the last diagnostics of what `pulumi` said, or its last lines.

    Outputs come after them, and those of a preview before.
    """
    lines = said.splitlines()
    if _DIAGNOSTICS not in lines:
        return lines[-_LINES:]
    begin = len(lines) - 1 - lines[::-1].index(_DIAGNOSTICS)
    end = lines.index(_OUTPUTS, begin) if _OUTPUTS in lines[begin:] else len(lines)
    return lines[begin:end][:_LINES]
