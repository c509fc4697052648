"""When a change of a field takes effect in a database that exists, and where it does not."""

from collections.abc import Iterator

from components.kube.change import Manifest, at, text_at
from components.postgres.changes import ClusterChange, parameters_of
from components.postgres.extensions import OPERATORS, all_loaded, stem
from components.postgres.generations import GENERATION
from components.postgres.settings import settings
from components.spec.rule import Fault, rule

_LIBRARIES = ("spec", "postgresql", "shared_preload_libraries")
_IMAGES = ("spec", "postgresql", "extensions")


@rule("consequence", of=ClusterChange)
def loaded_libraries_restart_instances(change: ClusterChange) -> Iterator[Fault]:
    """Other libraries, or other images of extensions, restart each instance.

    PostgreSQL loads libraries at its start only, and an image is a volume of the pod: replicas
    first, the primary last (rolling_update.md, 1.30). A parameter of a library that CloudNativePG
    loads itself is as good as its name in the list.
    """
    for place, named in ((_LIBRARIES, _loaded), (_IMAGES, _references)):
        before, after = named(change.old), named(change.new)
        if before != after:
            yield Fault(
                f"{_spoken(before)} becomes {_spoken(after)}, which restarts each instance, the "
                "primary last; apply it while a restart is acceptable",
                place,
            )


@rule("consequence", of=ClusterChange)
def unloaded_library_leaves_its_extension(change: ClusterChange) -> Iterator[Fault]:
    """A library that is loaded no more leaves its extension in the databases.

    What needs it then fails: timescaledb refuses every session, vchord each use of its indexes. The
    extensions of libraries that CloudNativePG loads itself it drops itself.
    """
    before, after = ({stem(it) for it in _loaded(each)} for each in (change.old, change.new))
    for name in sorted(before - after - {*OPERATORS}):
        yield Fault(
            f"'{name}' is loaded no more, and what its extension made fails; drop the extension "
            "in each database first",
            _LIBRARIES,
        )


@rule("consequence", of=ClusterChange)
def sql_at_creation_is_run_once(change: ClusterChange) -> Iterator[Fault]:
    """SQL at creation does nothing to a database that exists.

    `initdb` is read once, when the database is created (bootstrap.md, 1.30).
    """
    place = ("spec", "bootstrap", "initdb", "postInitApplicationSQL")
    if all(change.values("spec", "bootstrap", "initdb")):
        before, after = (_texts(it, place) for it in (change.old, change.new))
        if before != after:
            yield Fault(
                "the statements changed, and none of them is run, as the database exists; run by "
                "hand what is new",
                place,
            )


@rule("change", of=ClusterChange)
def switchover_changes_one_thing(change: ClusterChange) -> Iterator[Fault]:
    """With updates by switchover, image and parameters change one after the other.

    CloudNativePG refuses both at once (cluster_webhook.go, validateConfigurationChange, 1.30). Some
    parameters follow from the image.
    """
    before, after = change.texts("spec", "imageName")
    if not (before and after) or before == after:
        return
    old, new = parameters_of(change.old), parameters_of(change.new)
    if at(change.new, "spec", "primaryUpdateMethod") == "switchover" and old != new:
        differ = sorted(it for it in {*old, *new} if old.get(it) != new.get(it))
        yield Fault(
            f"the image changes together with {', '.join(differ)}, which CloudNativePG refuses "
            "with 'switchover'; change one of them first, or write primary_update_method 'restart' "
            "for this step",
            ("spec", "imageName"),
        )


@rule("change", of=ClusterChange)
def upgrade_adds_no_newer_parameter(change: ClusterChange) -> Iterator[Fault]:
    """A major upgrade comes with no parameter that the old version does not know.

    pg_upgrade runs the old server too, with what the operator wrote last into its folder
    (upgrade/execute/cmd.go, 1.30, writes the new one's only): it does not start with an
    `unrecognized configuration parameter`.
    """
    if not (found := change.upgrade):
        return
    before, after = parameters_of(change.old), parameters_of(change.new)
    for name in sorted(after.keys() - before.keys()):
        if "." not in name and name not in settings(found[0].major):
            yield Fault(
                f"PostgreSQL {found[0].major}, which pg_upgrade runs too, does not know it; set it "
                "once the upgrade is done",
                ("spec", "postgresql", "parameters", name),
            )


@rule("consequence", of=ClusterChange)
def environment_restarts_instances(change: ClusterChange) -> Iterator[Fault]:
    """Another environment restarts each instance.

    A running process keeps the one that it began with: each pod is made again, the primary's last
    (rolling_update.md, 1.30).
    """
    place = ("spec", "env")
    before, after = (it if isinstance(it, list | tuple) else () for it in change.values(*place))
    if list(before) != list(after):
        yield Fault(
            "the variables change, which restarts each instance, the primary last; apply it while "
            "a restart is acceptable",
            place,
        )


@rule("consequence", of=ClusterChange)
def other_secret_changes_the_password(change: ClusterChange) -> Iterator[Fault]:
    """With another Secret the owner gets the password in it.

    CloudNativePG sets it as soon as it sees the Secret (instance_controller.go, reconcileUser,
    1.30), and writes the `<cluster>-app` of before no more.
    """
    for place, before, after in _other_secrets(change):
        if not _generation(change):
            yield Fault(
                f"the owner's password becomes that in '{after}', and clients with that in "
                f"'{before}' are refused; write the same password into both first",
                place,
            )


@rule("change", of=ClusterChange)
def generation_keeps_its_secret(change: ClusterChange) -> Iterator[Fault]:
    """A database that was restored keeps the Secret of its owner.

    The API server refuses another one in a Cluster with the label `tier0/generation`, so that no
    restore takes another password (docs/decisions/0028).
    """
    for place, before, after in _other_secrets(change):
        if _generation(change):
            yield Fault(
                f"'{before}' cannot become '{after}' in a database that was restored; write the "
                f"password into '{before}', and owner_secret as it was",
                place,
            )


def _generation(change: ClusterChange) -> bool:
    """Return whether the API server judges it as a generation."""
    return any(text_at(it, "metadata", "labels", GENERATION) for it in (change.old, change.new))


def _other_secrets(change: ClusterChange) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Yield the place of the owner's Secret if it is another one, and both names."""
    for way in ("initdb", "recovery"):
        place = ("spec", "bootstrap", way, "secret", "name")
        if not all(change.values("spec", "bootstrap", way)):
            continue
        usual = f"{text_at(change.new, 'metadata', 'name')}-app"
        before, after = (it or usual for it in change.texts(*place))
        if before != after:
            yield place, before, after


@rule("consequence", of=ClusterChange)
def superuser_loses_its_password(change: ClusterChange) -> Iterator[Fault]:
    """Without access the superuser has no password any more.

    CloudNativePG sets it to null, and deletes the Secret that it made (cluster_create.go,
    reconcileSuperuserSecret; instance_controller.go, 1.30).
    """
    place = ("spec", "enableSuperuserAccess")
    before, after = change.values(*place)
    if before is True and after is not True:
        yield Fault(
            "the superuser's password is taken away, and who logs in with it is refused; have "
            "them use another role first",
            place,
        )


def _texts(manifest: Manifest, place: tuple[str, ...]) -> list[str]:
    found = at(manifest, *place)
    return [str(it) for it in found] if isinstance(found, list | tuple) else []


def _loaded(manifest: Manifest) -> list[str]:
    return all_loaded(_texts(manifest, _LIBRARIES), map(str, parameters_of(manifest)))


def _references(manifest: Manifest) -> list[str]:
    found = at(manifest, *_IMAGES)
    images = found if isinstance(found, list | tuple) else []
    return [str(at(it, "image", "reference") or at(it, "name")) for it in images]


def _spoken(names: list[str]) -> str:
    return f"'{', '.join(names)}'" if names else "none"
