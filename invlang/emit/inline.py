"""Calls of kernels: a one-line kernel is written out at the call, any other is called by name."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache

from invlang.emit.paste import kernel_file, one_line_body, parameters_of
from invlang.emit.text import ATOM, POWER, PRODUCT, SUM, UNARY, Text

BINDINGS: dict[type, int] = {
    ast.Add: SUM, ast.Sub: SUM, ast.Mult: PRODUCT, ast.Div: PRODUCT, ast.MatMult: PRODUCT, ast.Mod: PRODUCT,
    ast.FloorDiv: PRODUCT, ast.Pow: POWER,
}  # fmt: skip


def inlined(stem: str, function: str, arguments: dict[str, Text]) -> tuple[Text, tuple[str, ...], tuple[str, ...]] | None:
    """The kernel's expression with the arguments in place, the torch.fft functions and the other kernels that it uses.

    None where the kernel is longer than a line, or an argument that takes work would be worked out twice.
    """
    template = one_line_body(stem, function)
    if template is None:
        return None
    template, transforms = short_transforms(template, arguments)
    shape = shape_of(template)
    given = {p.name: Text(p.default, ATOM) for p in parameters_of(stem, function) if p.default is not None} | arguments
    used = shape.names
    if any(used.count(n) > 1 and not re.fullmatch(r"[\w.]+|\([-\w., ]*\)", t.source) for n, t in given.items()):
        return None
    helpers = tuple(n for n in used if n in kernel_file(stem).functions)
    return Text(substituted(template, shape, given), shape.binding), transforms, helpers


@dataclass(frozen=True)
class Shape:
    """Where names stand in an expression (start, end, name, how tightly what replaces it must bind), and how it binds itself."""

    places: tuple[tuple[int, int, str, int], ...]
    binding: int

    @property
    def names(self) -> list[str]:
        return [name for _, _, name, _ in self.places]


@cache
def shape_of(expression: str) -> Shape:
    tree = ast.parse(expression, mode="eval").body
    places: list[tuple[int, int, str, int]] = []
    for parent in [None, *ast.walk(tree)]:
        for child in [tree] if parent is None else ast.iter_child_nodes(parent):
            if isinstance(child, ast.Name) and child.end_col_offset is not None:
                places.append((child.col_offset, child.end_col_offset, child.id, needed_binding(parent, child)))
    return Shape(tuple(sorted(places, reverse=True)), binding_of(tree))


def short_transforms(template: str, arguments: dict[str, Text]) -> tuple[str, tuple[str, ...]]:
    """torch.fft.fftn(x, dim=axes) over the last two axes becomes fft2(x)."""
    names = re.findall(r"torch\.fft\.(\w+)\(", template)
    for name in names:
        short = name
        if name.endswith("n") and arguments.get("axes", Text("")).source == "(-2, -1)" and ", dim=axes" in template:
            short = f"{name[:-1]}2"
            template = template.replace(", dim=axes", "")
        if name in ("fftn", "ifftn") and arguments.get("axes", Text("")).source == "(-1,)":
            short = name[:-1]
            template = template.replace(", dim=axes", "")
        template = template.replace(f"torch.fft.{name}(", f"{short}(")
    short_names = tuple(re.findall(r"\b(i?r?fft[n2]?)\(", template))
    return template, short_names


def substituted(template: str, shape: Shape, arguments: dict[str, Text]) -> str:
    source = template.encode()
    for start, end, name, binding in shape.places:
        if name in arguments:
            source = source[:start] + arguments[name].within(binding).encode() + source[end:]
    return source.decode()


def needed_binding(parent: ast.AST | None, child: ast.Name) -> int:
    """How tightly a text must bind to stand where a name stands."""
    match parent:
        case ast.Attribute() | ast.Starred():
            return ATOM
        case ast.Subscript(value=value) if value is child:
            return ATOM
        case ast.Call(func=function) if function is child:
            return ATOM
        case ast.BinOp(op=op, left=left):
            own = BINDINGS[type(op)]
            return own if left is child and own != POWER else own + 1
        case ast.UnaryOp():
            return UNARY
    return 0


def binding_of(tree: ast.expr) -> int:
    match tree:
        case ast.BinOp(op=op):
            return BINDINGS[type(op)]
        case ast.UnaryOp():
            return UNARY
        case ast.Compare() | ast.BoolOp() | ast.IfExp() | ast.Lambda():
            return 0
    return ATOM
