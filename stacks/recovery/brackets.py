"""What stands in brackets, as a syntax tree: one more, in the layout of the others.

An item is an argument of a call, an element of a list or tuple, or an imported name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import libcst as cst

Space: TypeAlias = cst.BaseParenthesizableWhitespace
Item: TypeAlias = cst.Arg | cst.BaseElement | cst.ImportAlias
Listed: TypeAlias = cst.List | cst.Tuple
Brackets = TypeVar("Brackets", bound=cst.Call | Listed | cst.ImportFrom)

NOTHING, BLANK = cst.SimpleWhitespace(""), cst.SimpleWhitespace(" ")


@dataclass(frozen=True)
class _Content:
    """The items of a pair of brackets, and the space before the first and after the last."""

    opening: Space
    items: Sequence[Item]
    closing: Space

    @property
    def begins(self) -> Space:
        """The space before the last item."""
        if len(self.items) < 2:  # noqa: PLR2004 - then it is the first as well
            return self.opening
        comma = self.items[-2].comma
        return comma.whitespace_after if isinstance(comma, cst.Comma) else NOTHING


def line(indent: str) -> cst.ParenthesizedWhitespace:
    """Return the space that begins a new line at *indent*."""
    return cst.ParenthesizedWhitespace(indent=True, last_line=cst.SimpleWhitespace(indent))


def indent_of(node: Brackets) -> str | None:
    """Return the indent of the last item; None where it does not begin its line."""
    space = _content(node).begins if _items(node) else None
    return space.last_line.value if isinstance(space, cst.ParenthesizedWhitespace) else None


def closing_indent(node: Brackets) -> str | None:
    """Return the indent of the closing bracket; None where it does not begin its line."""
    space = _content(node).closing
    return space.last_line.value if isinstance(space, cst.ParenthesizedWhitespace) else None


def appended(node: Brackets, item: Item) -> Brackets:
    """Return *node*, which has items, with one more at the end, on its own line if the last is."""
    content = _content(node)
    *first, last = content.items
    begins, closing = content.begins, content.closing
    comma = isinstance(last.comma, cst.Comma)
    between: Space = BLANK
    if isinstance(begins, cst.ParenthesizedWhitespace):
        between = line(begins.last_line.value)
        if isinstance(closing, cst.ParenthesizedWhitespace):
            # A comment after the last item stays with it.
            between = closing.with_changes(indent=True, last_line=begins.last_line)
            closing = line(closing.last_line.value)
    elif len(content.items) == 1:
        comma = False  # which only a tuple of one needs
    before = last.comma.whitespace_before if isinstance(last.comma, cst.Comma) else NOTHING
    last = last.with_changes(comma=cst.Comma(before, between), **_argument(last, NOTHING))
    return _closed(node, [*first, last, item], closing, comma=comma)


def inserted(node: cst.ImportFrom, index: int, item: cst.ImportAlias) -> cst.ImportFrom:
    """Return an import with one more name, before that of *index* or at the end."""
    items = [*_content(node).items]
    if index == len(items):
        return appended(node, item)
    comma = items[0].comma if len(items) > 1 else None
    between: Space = comma.whitespace_after if isinstance(comma, cst.Comma) else BLANK
    if isinstance(between, cst.ParenthesizedWhitespace):
        between = line(between.last_line.value)
    return node.with_changes(
        names=[
            *items[:index],
            item.with_changes(comma=cst.Comma(NOTHING, between)),
            *items[index:],
        ]
    )


def on_lines(node: Brackets, indent: str, step: str) -> Brackets:
    """Return *node* with each item on its own line; the brackets stand at *indent*."""
    content = _content(node)
    begins = line(indent + step)
    items = [it.with_changes(comma=cst.Comma(NOTHING, begins)) for it in content.items]
    return _closed(_opened(node, begins), items, line(indent), comma=True)


def _items(node: Brackets) -> Sequence[Item]:
    match node:
        case cst.Call():
            return node.args
        case cst.ImportFrom():
            return [] if isinstance(node.names, cst.ImportStar) else node.names
        case _:
            return node.elements


def _content(node: Brackets) -> _Content:
    items = _items(node)
    last = items[-1] if items else None
    after: Space = NOTHING
    if last is not None and isinstance(last.comma, cst.Comma):
        after = last.comma.whitespace_after
    match node:
        case cst.Call():
            if isinstance(last, cst.Arg) and not isinstance(last.comma, cst.Comma):
                after = last.whitespace_after_arg
            return _Content(node.whitespace_before_args, items, after)
        case cst.List():
            return _Content(node.lbracket.whitespace_after, items, node.rbracket.whitespace_before)
        case cst.Tuple():
            return _Content(node.lpar[-1].whitespace_after, items, node.rpar[0].whitespace_before)
        case _:
            opening = node.lpar.whitespace_after if node.lpar else NOTHING
            if node.rpar and last is not None and not isinstance(last.comma, cst.Comma):
                after = node.rpar.whitespace_before
            return _Content(opening, items, after)


def _opened(node: Brackets, opening: Space) -> Brackets:
    match node:
        case cst.Call():
            return node.with_changes(whitespace_before_args=opening)
        case cst.List():
            return node.with_changes(lbracket=cst.LeftSquareBracket(opening))
        case cst.Tuple():
            return node.with_changes(lpar=[*node.lpar[:-1], cst.LeftParen(opening)])
        case _:
            return node.with_changes(lpar=cst.LeftParen(opening), rpar=cst.RightParen())


def _closed(node: Brackets, items: Sequence[Item], closing: Space, *, comma: bool) -> Brackets:
    """Return *node* with other *items*, the space after them, and a *comma* after the last."""
    *first, last = items
    inside = isinstance(node, cst.List | cst.Tuple)
    mark = cst.Comma(NOTHING, NOTHING if inside else closing)
    last = last.with_changes(comma=mark if comma else cst.MaybeSentinel.DEFAULT)
    match node:
        case cst.Call():
            last = last.with_changes(**_argument(last, NOTHING if comma else closing))
            return node.with_changes(args=[*first, last])
        case cst.List():
            return node.with_changes(
                elements=[*first, last], rbracket=cst.RightSquareBracket(closing)
            )
        case cst.Tuple():
            return node.with_changes(
                elements=[*first, last], rpar=[cst.RightParen(closing), *node.rpar[1:]]
            )
        case _:
            names = node.with_changes(names=[*first, last])
            if names.rpar and not comma:
                return names.with_changes(rpar=cst.RightParen(closing))
            return names


def _argument(item: Item, space: Space) -> dict[str, Space]:
    """Return the space after an argument that has no comma, as its field."""
    return {"whitespace_after_arg": space} if isinstance(item, cst.Arg) else {}
