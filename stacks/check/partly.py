"""The rules of a spec of which some values are faulty, judged on the others.

pydantic applies them only once every value is valid: one wrong value would hide what is wrong
between the others. A rule that asks for a faulty value says nothing.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Annotated, Any, get_args, get_origin

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from components.postgres import PostgresSpec
from components.spec import Spec
from components.spec.base import rules_of
from components.spec.rule import Fault, of, rule_of
from stacks.check.sentences import specs_of
from stacks.environment import EnvironmentSpec
from stacks.waivers import Broken, waiver

_STRICT = ConfigDict(strict=True)


class _UnknownError(Exception):
    """A value that is asked for is faulty."""


class _View:
    """A spec to its rules: its valid fields and its properties; for others _UnknownError."""

    def __init__(self, spec: type[Spec], known: Mapping[str, Any]) -> None:
        self._spec, self._known = spec, known

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a field of any type
        if name in self._known:
            return self._known[name]
        member = getattr(self._spec, name, None)
        if isinstance(member, property) and member.fget:
            return member.fget(self)
        raise _UnknownError(name)


def faults_between(draft: Spec) -> list[tuple[str, Fault]]:
    """Return the faults of spec rules in *draft*, each with its rule and its whole place."""
    found: list[tuple[str, Fault]] = []
    _known_of(draft, (), found)
    return found


def faults_at_faulty_databases(draft: EnvironmentSpec) -> list[tuple[str, Fault]]:
    """Return what rules of environments find at each faulty database of *draft*, judged alone.

    What two databases have in common is not judged before both are valid.
    """
    view = _known_of(draft, (), [])
    if type(view) is EnvironmentSpec:
        return []
    known = vars(view)["_known"]
    if not isinstance(known.get("waivers"), list | tuple):
        return []  # what is waived is not known
    waived = waiver(known["waivers"])
    found: list[tuple[str, Fault]] = []
    for name, database in known.get("databases", {}).items():
        if type(database) is PostgresSpec:
            continue
        alone = _view(EnvironmentSpec, known | {"databases": {name: database}})
        for rule in of("environment"):
            found += [
                (rule.name, it)
                for it in _until_unknown(rule.find, alone)
                if it.place[:2] == ("databases", name) and not waived(Broken(rule, it))
            ]
    return found


def _known_of(draft: Spec, at: tuple[str, ...], found: list[tuple[str, Fault]]) -> Any:  # noqa: ANN401 - a spec, or a view of it
    """Return *draft* as a valid spec, or as a view; add to *found* what its rules find."""
    spec = type(draft)
    with suppress(ValidationError):
        return spec.model_validate(draft)
    known: dict[str, Any] = {}
    misspelt = vars(draft).keys() - spec.model_fields.keys()
    for name, field in spec.model_fields.items():
        if name in vars(draft):
            with suppress(_UnknownError):
                known[name] = _value(vars(draft)[name], annotation_of(field), (*at, name), found)
        elif not field.is_required() and not misspelt:
            known[name] = field.get_default(call_default_factory=True)
    view = _view(spec, known)
    for rule in filter(None, map(rule_of, rules_of(spec))):
        found += [
            (rule.name, Fault(it.message, (*at, *it.place)))
            for it in _until_unknown(rule.find, view)
        ]
    return view


def _view(spec: type[Spec], known: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a view
    """Return the view of a spec, which rules take for one, and may ask for its fields."""
    members = {"model_fields": spec.model_fields, "__class__": property(lambda _: spec)}
    return type(spec.__name__, (_View,), members)(spec, known)


def annotation_of(field: FieldInfo) -> Any:  # noqa: ANN401 - any annotation
    """Return a field's type with what pydantic has taken out of it."""
    return Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation


def _bare(annotation: Any) -> Any:  # noqa: ANN401 - any annotation
    """Return a type without what its values must obey."""
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _until_unknown(find: Any, view: _View) -> Iterator[Fault]:  # noqa: ANN401 - a rule's function
    with suppress(_UnknownError):
        yield from find(view)


def _value(
    value: Any,  # noqa: ANN401 - any value
    annotation: Any,  # noqa: ANN401 - any annotation
    at: tuple[str, ...],
    found: list[tuple[str, Fault]],
) -> Any:  # noqa: ANN401 - the value
    """Return what a field at *at* holds; raise _UnknownError if it is faulty."""
    specs = list(specs_of(annotation))
    if isinstance(value, Spec) and type(value) in specs:
        return _known_of(value, at, found)
    bare = _bare(annotation)
    if isinstance(value, Mapping) and any(type(it) in specs for it in value.values()):
        key, item = get_args(bare)
        return {
            _plain(name, key): _value(given, item, (*at, str(name)), found)
            for name, given in value.items()
        }
    if isinstance(value, Mapping) and get_origin(bare) is Mapping:
        return _sound_entries(value, annotation)
    return _plain(value, annotation)


def _sound_entries(value: Mapping[Any, Any], annotation: Any) -> dict[Any, Any]:  # noqa: ANN401 - as above
    """Return the entries of a mapping that are valid alone: one faulty parameter hides no other.

    Raise _UnknownError if a name is faulty, as it may mean any other.
    """
    key, _ = get_args(_bare(annotation))
    found: dict[Any, Any] = {}
    for name, given in value.items():
        _plain(name, key)
        with suppress(_UnknownError):
            found |= _plain({name: given}, annotation)
    return found


def _plain(value: Any, annotation: Any) -> Any:  # noqa: ANN401 - as above
    # A spec is strict by itself, and pydantic takes no second word on it.
    is_spec = isinstance(annotation, type) and issubclass(annotation, Spec)
    adapter: TypeAdapter[Any] = TypeAdapter(annotation, config=None if is_spec else _STRICT)
    try:
        return adapter.validate_python(value)
    except ValidationError:
        raise _UnknownError(value) from None
