"""A database's declaration in the text of an environment module, and changes of it.

Whatever is not changed keeps its bytes, comments and layout. What is not written out (a function, a
loop, `**common`) is not guessed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import libcst as cst

from components.spec import Spec
from stacks.recovery.brackets import (
    NOTHING,
    appended,
    closing_indent,
    indent_of,
    inserted,
    on_lines,
)

_FACE, _SPECS = "components.postgres", "components.postgres.generations"
_WIDTH = 100


class Unclear(Exception):  # noqa: N818 - a clause for a sentence, not a programming error
    """Something is not written out; the text is a clause that says what."""


@dataclass(frozen=True)
class Layout:
    """How the fields of a call are written; without an *indent* all on one line."""

    indent: str | None = "    "
    step: str = "    "
    newline: str = "\n"
    quote: str = '"'

    @property
    def inner(self) -> "Layout":
        """The layout of what is in brackets."""
        deeper = None if self.indent is None else self.indent + self.step
        return Layout(deeper, self.step, self.newline, self.quote)

    def bracketed(self, opening: str, items: Sequence[str], closing: str) -> str:
        """Return items in brackets, each on its own line unless all are on one."""
        if self.indent is None:
            return f"{opening}{', '.join(items)}{closing}"
        begin = f"{self.newline}{self.inner.indent}"
        inside = "".join(f"{begin}{item}," for item in items)
        return f"{opening}{inside}{self.newline}{self.indent}{closing}"

    def spec(self, name: str, spec: Spec) -> str:
        """Return a call that makes *spec*, whose fields are text or numbers."""
        given = [field for field in type(spec).model_fields if field in spec.model_fields_set]
        fields = [f"{field}={self.literal(getattr(spec, field))}" for field in given]
        return self.bracketed(f"{name}(", fields, ")")

    def literal(self, value: str | int) -> str:
        """Return a text in this quote, unless the other saves a backslash, or a number."""
        if isinstance(value, int):
            return str(value)
        other = "'" if self.quote == '"' else '"'
        quote = other if self.quote in value and other not in value else self.quote
        escaped = value.replace("\\", "\\\\").replace(quote, f"\\{quote}")
        shown = (it if it.isprintable() else it.encode("unicode_escape").decode() for it in escaped)
        return f"{quote}{''.join(shown)}{quote}"


class Declaration:
    """The call of PostgresSpec that declares one database of a module."""

    def __init__(self, module: cst.Module, name: str) -> None:
        """Find it; raise Unclear."""
        self.module, self._name = module, name
        self._find()

    def _find(self) -> None:
        environment = self._made(self._assigned("ENVIRONMENT"), "EnvironmentSpec")
        given = _argument(environment, "databases")
        databases = self._resolved(given.value) if given else None
        if not isinstance(databases, cst.Dict):
            raise Unclear("`databases` is not a dict that is written out")
        for it in databases.elements:
            key = it.key if isinstance(it, cst.DictElement) else None
            if isinstance(key, cst.SimpleString) and key.evaluated_value == self._name:
                self._quote = key.quote[:1]
                self._call = self._made(it.value, "PostgresSpec")
                return
        raise Unclear("its key is not written out in `databases`")

    @property
    def layout(self) -> Layout:
        """How the fields of the database are written."""
        indent, closing = indent_of(self._call), closing_indent(self._call)
        step = indent.removeprefix(closing) if indent and closing is not None else ""
        return Layout(
            indent, step or self.module.default_indent, self.module.default_newline, self._quote
        )

    def has(self, field: str) -> bool:
        """Return whether a *field* is written out."""
        return _argument(self._call, field) is not None

    def set(self, field: str, value: int) -> None:
        """Write a number into a *field*."""
        given = _argument(self._call, field)
        if given is None:
            self._append(field, str(value))
        elif isinstance(given.value, cst.Integer) or _is(given.value, "None"):
            self._replace(given.value, cst.Integer(str(value)))
        else:
            raise Unclear(f"`{field}` is not written out")

    def set_all(self, field: str, numbers: Sequence[int]) -> None:
        """Write numbers into a *field*; those that it begins with stay as they are written."""
        code = f"[{', '.join(map(str, numbers))}]"
        given = _argument(self._call, field)
        if given is None:
            self._append(field, code)
            return
        held = given.value
        if not isinstance(held, cst.List | cst.Tuple):
            raise Unclear(f"`{field}` is not a list that is written out")
        values = [it.value.value for it in held.elements if isinstance(it.value, cst.Integer)]
        wanted = [str(number) for number in numbers]
        if not values or len(values) != len(held.elements) or values != wanted[: len(values)]:
            self._replace(held, self._parsed(code))
            return
        longer = held
        for number in wanted[len(values) :]:
            longer = appended(longer, cst.Element(cst.Integer(number)))
        self._replace(held, longer)

    def extend(self, field: str, spec: Spec) -> None:
        """Append *spec* to the list or tuple that a *field* holds."""
        name = self._imported(type(spec).__name__)
        layout = self.layout
        given = _argument(self._call, field)
        if given is None:
            self._append(field, layout.bracketed("[", [layout.inner.spec(name, spec)], "]"))
            return
        held = given.value
        if not isinstance(held, cst.List | cst.Tuple):
            raise Unclear(f"`{field}` is not a list that is written out")
        if not held.elements:
            code = layout.bracketed("[", [layout.inner.spec(name, spec)], "]")
            self._replace(held, self._parsed(code))
            return
        longer = held
        if layout.indent is not None and indent_of(held) is None:
            longer = on_lines(held, layout.indent, layout.step)
        within = Layout(indent_of(longer), layout.step, layout.newline, layout.quote)
        element = cst.Element(self._parsed(within.spec(name, spec)))
        self._replace(held, appended(longer, element))

    def _append(self, field: str, code: str) -> None:
        argument = cst.Arg(self._parsed(code), cst.Name(field), cst.AssignEqual(NOTHING, NOTHING))
        self._replace(self._call, appended(self._call, argument))

    def _parsed(self, code: str) -> cst.BaseExpression:
        return cst.parse_expression(code, self.module.config_for_parsing)

    def _replace(self, old: cst.CSTNode, new: cst.CSTNode) -> None:
        module = self.module.deep_replace(old, new)
        assert isinstance(module, cst.Module)  # noqa: S101 - for the type checker
        self.module = module
        self._find()  # every node is another one now

    def _assigned(self, name: str) -> cst.BaseExpression:
        """Return what the module assigns to a name, if it does so once."""
        values = [
            small.value
            for small in _small(self.module)
            if (isinstance(small, cst.Assign) and any(_is(it.target, name) for it in small.targets))
            or (isinstance(small, cst.AnnAssign) and _is(small.target, name))
        ]
        if len(values) != 1 or values[0] is None:
            raise Unclear(f"`{name}` is not assigned once")
        return values[0]

    def _resolved(self, value: cst.BaseExpression) -> cst.BaseExpression:
        return self._assigned(value.value) if isinstance(value, cst.Name) else value

    def _made(self, value: cst.BaseExpression, spec: str) -> cst.Call:
        """Return the call of a *spec* that makes a value; raise Unclear."""
        found = self._resolved(value)
        if isinstance(found, cst.Call):
            function = found.func
            if isinstance(function, cst.Attribute) and function.attr.value == spec:
                return found
            names = [_local(alias) for _, alias in _imports(self.module) if _is(alias.name, spec)]
            if isinstance(function, cst.Name) and function.value in names:
                return found
        raise Unclear(f"it is not declared by {spec}(...) that is written out")

    def _imported(self, spec: str) -> str:
        """Return how the module writes a *spec*, which it imports from now on."""
        function = self._call.func
        if isinstance(function, cst.Attribute):
            return f"{self.module.code_for_node(function.value)}.{spec}"
        imports = list(_imports(self.module))
        for _, alias in imports:
            if _is(alias.name, spec):
                return _local(alias)
        statement = [it for it, alias in imports if _is(function, _local(alias))][-1]
        where = self.module.code_for_node(statement.module) if statement.module else ""
        if where.endswith(_FACE):
            self._replace(statement, _with_name(statement, spec, self.module))
        elif _FACE in where:
            self._import_before(statement, f"{where.partition(_FACE)[0]}{_SPECS}", spec)
        else:
            raise Unclear(f"PostgresSpec is imported from `{where or '.'}`, and {spec} is not")
        return spec

    def _import_before(self, statement: cst.ImportFrom, where: str, spec: str) -> None:
        path = cst.parse_expression(where)
        assert isinstance(path, cst.Attribute)  # noqa: S101 - it has a dot
        new = cst.ImportFrom(path, [cst.ImportAlias(cst.Name(spec))], statement.relative)
        line = next(it for it in self.module.body if statement in it.children)
        at = list(self.module.body).index(line)
        first = line.with_changes(body=[new])
        rest = line.with_changes(leading_lines=[])
        self.module = self.module.with_changes(
            body=[*self.module.body[:at], first, rest, *self.module.body[at + 1 :]]
        )
        self._find()


def _small(module: cst.Module) -> Iterator[cst.BaseSmallStatement]:
    for statement in module.body:
        if isinstance(statement, cst.SimpleStatementLine):
            yield from statement.body


def _imports(module: cst.Module) -> Iterator[tuple[cst.ImportFrom, cst.ImportAlias]]:
    for small in _small(module):
        if isinstance(small, cst.ImportFrom) and not isinstance(small.names, cst.ImportStar):
            yield from ((small, alias) for alias in small.names)


def _local(alias: cst.ImportAlias) -> str:
    """Return the name that an import binds."""
    return alias.evaluated_alias or alias.evaluated_name


def _is(node: cst.CSTNode, name: str) -> bool:
    return isinstance(node, cst.Name) and node.value == name


def _argument(call: cst.Call, keyword: str) -> cst.Arg | None:
    return next((it for it in call.args if it.keyword and _is(it.keyword, keyword)), None)


def _with_name(statement: cst.ImportFrom, name: str, module: cst.Module) -> cst.ImportFrom:
    """Return an import with one more name: in its place if the others are sorted."""
    aliases = [] if isinstance(statement.names, cst.ImportStar) else [*statement.names]
    names = [alias.evaluated_name for alias in aliases]
    at = len([it for it in names if it < name]) if names == sorted(names) else len(names)
    new = inserted(statement, at, cst.ImportAlias(cst.Name(name)))
    if new.lpar is None and len(module.code_for_node(new)) > _WIDTH:
        return on_lines(new, "", module.default_indent)
    return new
