"""The scenario of a lost cluster: from bare machines to databases that serve."""

import shlex
from collections.abc import Iterator

from components.talos import TalosctlSpec
from stacks.check.rules.hosts import outlives_cluster
from stacks.check.rules.measured import spoken
from stacks.recovery.runbook.names import took
from stacks.recovery.runbook.page import Scenario, Step
from stacks.recovery.runbook.prerequisites import by_hand, secrets
from stacks.recovery.runbook.shell import BACKUPS, CLUSTERS, Shell

_FIRST = "before-the-fire.json"


class ClusterChapter:
    """Writes the scenario."""

    def __init__(self, shell: Shell) -> None:
        self.shell, self.environment = shell, shell.environment
        self._archive = outlives_cluster(self.environment)
        self._origin = "archive" if self._archive else "off-site copy"
        sited = {name: it for name, it in self.environment.databases.items() if it.site}
        self._led = [name for name, it in sited.items() if not it.is_replica]
        self._followed = [name for name, it in sited.items() if it.is_replica]

    def scenario(self) -> Scenario:
        """Return it; without anything to restore from it ends before anything is made."""
        left = self._archive or self.environment.offsite is not None
        steps = [self._gone(), *([] if left else [self._no_copy()])]
        if left:
            steps += [
                Step(
                    do="Fetch what is kept outside of the cluster: the table at the end. Have all "
                    "of it at hand before you begin.",
                    check="Each place was reached, and each thing can be read.",
                    stop=f"The keys of the {self._origin} are not found: without them nothing is "
                    "restored. Ask the owner of that store for new ones.",
                ),
                *self._declared(),
                self._state(),
                *self._machines(),
                *secrets(self.shell),
                *self._up(),
                *self._afterwards(),
            ]
        when = "The nodes or their disks are gone"
        when += ", and Ceph with them." if self.environment.ceph_namespace else "."
        if self._archive:
            when += (
                f" The archives are not: they are at {self.environment.object_store.address}, and "
                "no store has to be made again."
            )
        if left:
            when += f" One commit brings every database back from the {self._origin}."
            when += self._whole()
        return Scenario(
            title="The cluster is lost",
            when=when,
            steps=tuple(steps),
        )

    def _whole(self) -> str:
        seconds = took("lost cluster")
        return f" In the lab the rows were back after {spoken(seconds)}." if seconds else ""

    def _gone(self) -> Step:
        namespace = self.environment.ceph_namespace
        talos = self.environment.bootstrap is not None
        way = (
            ' etcd alone is lost: docs/runbooks/talos.md, "etcd from a snapshot".' if talos else ""
        )
        ceph = [
            self.shell.kubectl("get", "cephcluster,cephobjectstore", namespace=it)
            for it in [namespace]
            if it
        ]
        disks = "Disks of Ceph" if ceph else "Volumes of databases"
        return Step(
            do="Be sure that it is gone. What follows is for disks that do not come back.",
            run=(self.shell.kubectl("get", "nodes"), *ceph),
            check="Nothing answers, and you know why.",
            stop=f"{self._taken_over()}{disks} are whole.{way} Bring the nodes back: that loses "
            "less than the "
            f"{'archive' if self._archive else 'copy'} does. Never wipe a disk or reset a node "
            "before this is decided.",
        )

    def _taken_over(self) -> str:
        """Return what is not to be done where the other site may accept writes."""
        if not self._led:
            return ""
        return (
            f"The other site of {', '.join(self._led)} is to take over, or has: then it comes back "
            'here as a follower (docs/second-site.md, "The primary\'s site is lost"). '
        )

    def _no_copy(self) -> Step:
        store = self.environment.existing_s3 is None
        ask = 'Ceph (Rook, "Disaster Recovery").' if store else "that store."
        return Step(
            do="**Stop here.** This environment has no off-site copy. Its archives were in the "
            f"{'Ceph' if store else 'store'} that is lost, so there is "
            f"nothing to restore from{self._elsewhere()}. All that is left are the disks: let no "
            f"one wipe, reuse or send them away, and ask for help with {ask}",
            stop="Anyone wants to run `pulumi up` now: it would make new, empty databases.",
        )

    def _elsewhere(self) -> str:
        names = ", ".join([*self._led, *self._followed])
        return f" here; {names} is at its other site (docs/second-site.md)" if names else ""

    def _declared(self) -> Iterator[Step]:
        store = "archive" if self._archive else "offsite"
        restore = ("restore", "--all", "--from", store, "--to", "latest")
        yield Step(
            do="See what would be written. Nothing is changed.",
            run=(self.shell.stacks(*restore),),
            check=f"Every database is named, each with a next generation from its {self._origin}"
            f"{self._again()}.",
            stop="One is missing.",
        )
        yield Step(
            do="Write it into the file, **before anything is made**: without it `pulumi up` makes "
            "new, empty databases.",
            run=(
                self.shell.stacks(*restore, "--write"),
                self.shell.stacks("check"),
                self.shell.difference,
            ),
            check="check prints ok. Each database has the new generation as active, and the lost "
            "ones as removed.",
            stop="A database has no new generation.",
        )

    def _again(self) -> str:
        names = ", ".join(self._followed)
        return f"; of {names} one that follows the other site again" if names else ""

    def _state(self) -> Step:
        return Step(
            do="Let Pulumi forget the objects that are gone. With the old state `pulumi up` says "
            "*unchanged* and makes nothing. Settings and secrets of the stack stay. If the state "
            f"is lost too: `{'pulumi stack init ' + shlex.quote(self.shell.stack)}`, and "
            "write its settings again.",
            run=(
                self.shell.pulumi("stack", "export", "--file", _FIRST),
                self.shell.pulumi("state", "delete", "--all", "--force", "--yes"),
            ),
            check=f"`{self.shell.pulumi('stack')}` lists no resources.",
            stop="The cluster answers after all. "
            f"`{self.shell.pulumi('stack', 'import', '--file', _FIRST)}` takes the step back.",
        )

    def _machines(self) -> Iterator[Step]:
        bootstrap, context = self.environment.bootstrap, self.environment.context
        if bootstrap is None:
            yield Step(
                do="Make a new Kubernetes cluster, as the old one was made, and write its access "
                f"into your kubeconfig as context {context}." + by_hand(self.shell),
                run=(self.shell.kubectl("get", "nodes"),),
                check="The nodes are Ready, and they are the new ones.",
            )
            return
        kubeconfig = f"kubeconfig --force-context-name {shlex.quote(context)}"
        if isinstance(bootstrap, TalosctlSpec):
            control = bootstrap.nodes[bootstrap.bootstrap_node].address
            lacking = (
                "`pulumi config` lists no tier0:talosconfig: set the secrets again "
                '(docs/talos.md, "The secrets").'
            )
            nodes = ", ".join(f"{name} {node.address}" for name, node in bootstrap.nodes.items())
            yield Step(
                do=f"Boot the machines from Talos's image, into maintenance mode: {nodes}.",
                run=tuple(
                    f"talosctl -n {node.address} get disks --insecure"
                    for node in bootstrap.nodes.values()
                ),
                check="Each one lists its disks.",
                stop="One answers that a certificate is required: it has a configuration, so it is "
                "not empty. Look at it first.",
            )
        else:
            control = bootstrap.control_plane
            lacking = (
                f"OpenTofu's state in {bootstrap.folder} is not there: bring it back first, or "
                "another set of machines is made."
            )
        yield Step(
            do="Make the Talos cluster, and only that. The file talosconfig is the one that you "
            f"fetched.{by_hand(self.shell)}",
            run=(
                self.shell.pulumi("config"),
                self.shell.pulumi("up", "--target", '"**tier0:talos:TalosCluster**"'),
                f"talosctl -n {control} -e {control} --talosconfig talosconfig {kubeconfig}",
                self.shell.kubectl("get", "nodes"),
            ),
            check="The nodes are Ready.",
            stop=lacking,
        )

    def _up(self) -> Iterator[Step]:
        yield Step(
            do="Bring everything up. Pulumi takes over the namespaces that you made.",
            run=self.shell.apply(f"Restore every database from the {self._origin}", adopt=True),
            check="It ends without an error. If it does not, run it again.",
            stop="It wants to delete or replace something: answer no.",
            seconds=took("up of a lost cluster"),
        )
        ready = [
            self.shell.kubectl(
                "wait", CLUSTERS, "--all", "--for=condition=Ready", "--timeout=12h", namespace=it
            )
            for it in self._homes()
        ]
        yield Step(
            do="Wait for the databases.",
            run=tuple(ready),
            check="Each one is Ready.",
            stop="A recovery pod fails twice with the same message. Nothing is lost by waiting: "
            + ("nothing deletes from the old archive." if self._archive else "the copy is locked."),
            seconds=None if self._archive else took("restore off-site"),
        )

    def _homes(self) -> list[str]:
        return sorted({it.namespace for it in self.environment.databases.values()})

    def _afterwards(self) -> Iterator[Step]:
        databases = self.environment.databases.values()
        yield Step(
            do="Prove each one: count rows that you know, and look for the newest.",
            run=tuple(
                line
                for it in databases
                for line in (
                    f'PRIMARY="$({self._serving(it.namespace, it.service_name)})"',
                    self.shell.psql(it, "-c", r"\dt+"),
                )
            ),
            check="The owners of the data say that it is right.",
            stop="One is wrong: its next generation, from an earlier moment, is in its own "
            "chapter." + ("" if self._archive else " Add --from offsite there."),
        )
        yield Step(
            do="Let the applications in, and see that all is protected again.",
            run=tuple(
                line
                for it in self._homes()
                for line in (
                    self.shell.kubectl(
                        *("wait", CLUSTERS, "--all", "--for=condition=ContinuousArchiving"),
                        "--timeout=15m",
                        namespace=it,
                    ),
                    self.shell.kubectl("get", BACKUPS, namespace=it),
                )
            ),
            check="Each database archives and has a completed Backup.",
        )
        yield Step(
            do=f"Keep what is new outside of the cluster: {self._new()}. Write "
            "the day into `kept` of the environment, and print this page again.",
            run=(
                self.shell.pulumi("stack", "export", "--file", "state.json"),
                self.shell.stacks("runbook"),
            ),
        )

    def _new(self) -> str:
        rook, gitops = self.environment.rook_store, self.environment.gitops
        sealed = gitops and gitops.sealing_certificate
        things = ["state", *(["root CA"] if rook else []), *(["sealing keys"] if sealed else [])]
        return ", ".join([*things, "etcd"])

    def _serving(self, namespace: str, service: str) -> str:
        """Return the line that names the pod behind *service*."""
        return self.shell.kubectl(
            *("get", "endpointslice", "-l", f"kubernetes.io/service-name={service}", "-o"),
            "jsonpath=pod/{.items[0].endpoints[0].targetRef.name}",
            namespace=namespace,
        )
