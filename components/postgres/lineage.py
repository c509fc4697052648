"""Rules about the generations of a database: what cannot be declared of them."""

from collections.abc import Iterator, Mapping

from components.postgres.generations import (
    FollowSpec,
    Generation,
    RestoreSpec,
    UpgradeSpec,
    first_in,
    upgraded_by,
)
from components.postgres.spec import PostgresSpec, major_of
from components.spec.rule import Fault, rule


def entry(number: int, *field: str) -> tuple[str, ...]:
    """Return the place of a later generation's entry."""
    return ("generations", str(number - 2), *field)


def promoted(spec: PostgresSpec) -> str | None:
    """Return the Cluster that the promotion token of the site is for; None without a token."""
    site, of = spec.site, spec.lineage
    if site is None or site.promotion_token is None:
        return None
    if site.promoted:
        return of[site.promoted - 1].cluster
    it = spec.current
    while restored := first_in(it.cluster, of).restored:
        it = of[restored.source - 1]
    return it.cluster


@rule("spec", of=PostgresSpec)
def source_is_an_earlier_generation(spec: PostgresSpec) -> Iterator[Fault]:
    """A generation comes from an earlier one.

    Its archive must exist before anything is restored from it. A generation is upgraded once: the
    upgrade continues it.
    """
    upgraded: dict[int, int] = {}
    for number, it in enumerate(spec.generations, 2):
        if isinstance(it, FollowSpec):
            continue  # it comes from the other site
        source = it.source or number - 1
        if source >= number:
            yield Fault(
                f"generation {number} cannot come from generation {source}, which is not earlier; "
                f"write the number of an earlier one, like {number - 1}",
                entry(number, "source"),
            )
        elif isinstance(it, UpgradeSpec) and upgraded.setdefault(source, number) != number:
            yield Fault(
                f"generation {source} was upgraded to generation {upgraded[source]} already; write "
                f"{upgraded[source]}, or another one that was upgraded",
                entry(number, "source"),
            )


@rule("spec", of=PostgresSpec)
def one_generation_is_active(spec: PostgresSpec) -> Iterator[Fault]:
    """Exactly one generation is active: one that exists and is not given up.

    Clients would reach none, or one without an archive.
    """
    last = len(spec.generations) + 1
    active, upgrades = spec.active, upgraded_by(spec.generations)
    if active is None:
        return
    if active > last:
        yield Fault(
            f"generation {active} is not declared; add its entry to generations, or write "
            f"{'1' if last == 1 else f'1 to {last}'}",
            ("active",),
        )
    elif active in upgrades:
        yield Fault(
            f"generation {active} was upgraded to generation {upgrades[active]}; write "
            f"{upgrades[active]}",
            ("active",),
        )


@rule("spec", of=PostgresSpec)
def given_up_generations_exist(spec: PostgresSpec) -> Iterator[Fault]:
    """What is retired or removed is declared, and is neither active nor upgraded.

    A Cluster that is given up is stopped, and then deleted with its volumes.
    """
    last = len(spec.generations) + 1
    upgrades = upgraded_by(spec.generations)
    active = spec.current.number
    seen: dict[int, str] = {}
    for field in ("retired", "removed"):
        for index, number in enumerate(getattr(spec, field)):
            place = (field, str(index))
            if not 1 <= number <= last:
                yield Fault(f"generation {number} is not declared; leave it out", place)
            elif number == active:
                yield Fault(
                    f"generation {number} is active; leave it out, or write another generation "
                    "in active first",
                    place,
                )
            elif number in upgrades:
                yield Fault(
                    f"generation {number} was upgraded to generation {upgrades[number]}, in the "
                    f"same volumes; write {upgrades[number]} if that one is given up",
                    place,
                )
            elif other := seen.get(number):
                yield Fault(f"generation {number} is {other} already; leave one out", place)
            seen.setdefault(number, field)


@rule("spec", of=PostgresSpec)
def source_of_a_candidate_stays(spec: PostgresSpec) -> Iterator[Fault]:
    """A generation is not given up while another is being restored from it.

    Its archive is what the other one is read from, and it is the way back if that fails.
    """
    states = {it.number: it for it in spec.lineage}
    for it in states.values():
        if it.state != "candidate" or not it.restored:
            continue
        source = states.get(it.restored.source)
        if source and source.state in ("retired", "removed"):
            index = [*getattr(spec, source.state)].index(source.number)
            yield Fault(
                f"generation {it.number} is restored from generation {source.number} and is not "
                f"active yet; make {it.number} active first, or retire it too",
                (source.state, str(index)),
            )


@rule("spec", of=PostgresSpec)
def upgrades_lead_to_the_image(spec: PostgresSpec) -> Iterator[Fault]:
    """The declared upgrades lead from one major version up to the image's.

    Each names an archive, and one that did not happen would begin an archive without a base backup.
    """
    for number, after in _majors(spec).items():
        it = spec.generations[number - 2] if number > 1 else None
        if isinstance(it, UpgradeSpec) and it.from_major >= after:
            yield Fault(
                f"an upgrade from {it.from_major} to {after} is none; write the major versions "
                "that it had, oldest first",
                entry(number, "from_major"),
            )


@rule("spec", of=PostgresSpec)
def restore_keeps_major_version(spec: PostgresSpec) -> Iterator[Fault]:
    """A generation is restored with the major version of its source.

    PostgreSQL does not start on the files of another one ("database files are incompatible with
    server").
    """
    majors, upgrades = _majors(spec), upgraded_by(spec.generations)
    for number, it in enumerate(spec.generations, 2):
        if not isinstance(it, RestoreSpec) or it.source >= number:
            continue
        before, after = majors[it.source], majors[number]
        if before != after and number in upgrades and it.source not in upgrades:
            yield Fault(
                f"generation {it.source} is of PostgreSQL {after}, and by the image it would be "
                f"upgraded to {before} with generation {number}; write {it.source} in removed, and "
                f"{upgrades[number]} in active",
                ("image",),
            )
        elif before != after:
            yield Fault(
                f"generation {it.source} is of PostgreSQL {before}, and this one would start with "
                f"{after}; write an image of {before} in it",
                entry(number, "image"),
            )


def _majors(spec: PostgresSpec) -> Mapping[int, int]:
    """Return the major version of each generation, as the next upgrade or the image says it.

    The image says nothing of one that is removed: it is of the version of what it was restored to.
    """
    upgrades = upgraded_by(spec.generations)
    found: dict[int, int] = {}
    for it in reversed(spec.lineage):
        upgrade = spec.generations[upgrades[it.number] - 2] if it.number in upgrades else None
        later = [one.number for one in spec.lineage[it.number :] if _source(one) == it.number]
        if isinstance(upgrade, UpgradeSpec):
            found[it.number] = upgrade.from_major
        elif it.state == "removed" and later:
            found[it.number] = found[later[0]]
        else:
            found[it.number] = major_of(it.image)
    return found


def _source(generation: Generation) -> int:
    """Return the generation that it was restored from; 0 for one that was not."""
    return generation.restored.source if generation.restored else 0
