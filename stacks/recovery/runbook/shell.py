"""The lines that a runbook has for a shell, with the environment's names in them."""

import shlex
from pathlib import Path

from components.postgres.spec import PostgresSpec
from stacks.environment import EnvironmentSpec

PROGRAM = f"python -m {__package__.rpartition('.recovery.')[0]}"
"""How the commands of this package are run: under another name from the wheel."""

CLUSTERS = "clusters.postgresql.cnpg.io"
BACKUPS = "backups.postgresql.cnpg.io"
"""Whole names: other operators have clusters and backups too."""

_APPLICATIONS = "applications.argoproj.io"


def _words(*words: str) -> str:
    """Return the line of *words*; one in double quotes is for the shell as it is."""
    return " ".join(word if word.startswith('"') else shlex.quote(word) for word in words)


class Shell:
    """Lines for one environment; *name* is how the reader names it."""

    def __init__(self, name: str, environment: EnvironmentSpec) -> None:
        self.environment = environment
        self.name = name
        self.module = name if name.endswith(".py") else f"stacks/{name}.py"
        self.stack = Path(name).stem

    def stacks(self, command: str, *arguments: str) -> str:
        """Return a command of tier0 on the environment."""
        return f"{PROGRAM} {_words(command, self.name, *arguments)}"

    def kubectl(self, *arguments: str, namespace: str | None = None) -> str:
        """Return a command of kubectl on the environment's cluster."""
        where = ["-n", namespace] if namespace else []
        return _words("kubectl", "--context", self.environment.context, *where, *arguments)

    def pulumi(self, *arguments: str) -> str:
        """Return a command of Pulumi on the environment's stack."""
        return _words("pulumi", *arguments, "--stack", self.stack)

    def psql(self, database: PostgresSpec, *arguments: str) -> str:
        """Return psql on the instance in the variable PRIMARY, as PostgreSQL's superuser."""
        words = ("exec", "-i", '"$PRIMARY"', "-c", "postgres", "--", "psql", "-X", "-d")
        return self.kubectl(*words, database.database, *arguments, namespace=database.namespace)

    def primary(self, database: PostgresSpec, cluster: str) -> str:
        """Return the line that puts the primary's pod of *cluster* into the variable PRIMARY."""
        selector = f"cnpg.io/cluster={cluster},cnpg.io/instanceRole=primary"
        words = ("get", "pod", "-l", selector, "-o", "name")
        return f'PRIMARY="$({self.kubectl(*words, namespace=database.namespace)})"'

    @property
    def difference(self) -> str:
        """The line that shows what changed in the environment's file."""
        return _words("git", "diff", "--", self.module)

    def apply(self, what: str, *, adopt: bool = False) -> tuple[str, ...]:
        """Return the lines that bring the environment's file into the cluster; *what* it does.

        With *adopt* Pulumi takes over objects that exist.
        """
        gitops = self.environment.gitops
        saved = (_words("git", "commit", "-m", what, "--", self.module), "git push")
        env = "PULUMI_K8S_UPSERT_EXISTING_OBJECTS=true " if adopt else ""
        up = f"{env}{self.pulumi('up')}"
        if gitops is None:
            return (*saved, up)
        folder = f'"$TREE/{gitops.path}"'
        head = '$(git -C "$TREE" rev-parse HEAD)'
        wait = (
            # Of another commit Argo CD says at once that it is synced.
            f'"--for=jsonpath={{.status.operationState.syncResult.revision}}={head}"',
            "--for=jsonpath={.status.operationState.phase}=Succeeded",
            "--for=jsonpath={.status.health.status}=Healthy",
        )
        tree = (
            self.stacks("render", "--out", folder),
            f'git -C "$TREE" add -A -- {shlex.quote(gitops.path)}',
            f'git -C "$TREE" commit -m {shlex.quote(what)}',
            'git -C "$TREE" push',
            *((up,) if adopt else ()),
            self.kubectl(
                *("annotate", _APPLICATIONS, gitops.name, "--overwrite"),
                "argocd.argoproj.io/refresh=normal",
                namespace=gitops.namespace,
            ),
            *(
                self.kubectl(
                    *("wait", _APPLICATIONS, gitops.name, it, "--timeout=60m"),
                    namespace=gitops.namespace,
                )
                for it in wait
            ),
        )
        return (*saved, *tree)
