"""Tree to text: expressions with as few brackets as they need, spaces, parameters."""

from __future__ import annotations

import re
from typing import Literal

from invlang.syntax import tree
from invlang.syntax.words import GREEK

Spelling = Literal["ascii", "unicode"]

# how tightly each kind of expression binds; a part is put in brackets where it binds less than its place asks for
OPEN, LOOSE, SUM, PRODUCT, COMPOSITION, SIGNED, POWER, POSTFIX, ATOM = range(9)
_BINDS = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "//": PRODUCT, "@": COMPOSITION, "^": POWER}

NORMS = {"sq": "‖²", "norm1": "‖₁", "norm2": "‖", "norminf": "‖∞"}
COMPARISONS = {"!=": "≠", "<=": "≤", ">=": "≥"}
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_LOOKS_LATIN = frozenset("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοςϑϕϵµ\u2126∞")
_LETTERS = {name: letter for letter, name in GREEK.items() if letter not in _LOOKS_LATIN}
_SPELT = re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(sorted(_LETTERS, key=len, reverse=True))})(?![A-Za-z])")


def print_expression(expression: tree.Expression, spelling: Spelling = "ascii") -> str:
    """The text of an expression, with as few brackets as it needs.  Reading it gives an equal tree.

    >>> from invlang.source import Source
    >>> from invlang.syntax.parse import parse_expression
    >>> print_expression(parse_expression(Source("", "((a + (b * c)))")))
    'a + b * c'
    """
    return _printed(expression, OPEN, spelling)


def print_space(space: tree.Space | tree.Spaces | tree.Signature, spelling: Spelling = "ascii") -> str:
    """`complex[..., H, W]`, `(real[H], real[W])`, `complex[H] -> complex[H]`."""
    match space:
        case tree.Signature():
            arrow = " → " if spelling == "unicode" else " -> "
            return print_space(space.domain, spelling) + arrow + print_space(space.codomain, spelling)
        case tree.Spaces():
            return f"({', '.join(print_space(part, spelling) for part in space.parts)})"
        case _:
            axes = ["..." if isinstance(a, tree.Ellipsis_) else _printed(a, LOOSE, spelling) for a in space.axes]
            return space.field.text + (f"[{', '.join(axes)}]" if axes else "")


def print_parameter(parameter: tree.Parameter, spelling: Spelling = "ascii") -> str:
    """`mask : binary[..., H, W]`, `axes...`, `boundary : circular | valid = circular`."""
    text = print_name(parameter.name.text, spelling) + ("..." if parameter.variadic else "")
    match parameter.kind:
        case tree.Traits(names=names):
            text += " : " + " ".join(name.text for name in names)
        case tree.Choices(names=names, array=array):
            spaces = [] if array is None else [print_space(array, spelling)]
            text += " : " + " | ".join([*(name.text for name in names), *spaces])
        case tree.Space() as space:
            text += " : " + print_space(space, spelling)
        case None:
            pass
    return text if parameter.default is None else f"{text} = {_printed(parameter.default, LOOSE, spelling)}"


def print_name(name: str, spelling: Spelling = "ascii") -> str:
    """sigma_max, or σ_max."""
    if spelling == "ascii":
        return name
    return "∞" if name == "inf" else _SPELT.sub(lambda match: _LETTERS[match.group()], name)


def is_operator_like(expression: tree.Expression) -> bool:
    """Whether an expression reads as an operator: it begins with a capital letter, as operators' names do."""
    while isinstance(expression, tree.Call | tree.Attribute):
        expression = expression.function if isinstance(expression, tree.Call) else expression.object
    return isinstance(expression, tree.Name) and expression.text[:1].isupper()


def _printed(node: tree.Expression, place: int, spelling: Spelling) -> str:
    binds, text = _with_binding(node, spelling)
    return text if binds >= place else f"({text})"


def _with_binding(node: tree.Expression, spelling: Spelling) -> tuple[int, str]:
    match node:
        case tree.Name(text=text):
            return ATOM, print_name(text, spelling)
        case tree.Number(text=text):
            return ATOM, text
        case tree.Text(text=text):
            return ATOM, f'"{text}"'
        case tree.ListOf(items=items):
            return ATOM, f"[{', '.join(_printed(item, LOOSE, spelling) for item in items)}]"
        case tree.Splat(name=name):
            return ATOM, print_name(name.text, spelling) + "..."
        case tree.Negate(operand=operand):
            return SIGNED, "-" + _printed(operand, SIGNED, spelling)
        case tree.Binary():
            return _binary(node, spelling)
        case tree.Call():
            return POSTFIX, _call(node, spelling)
        case tree.Attribute(object=base, name=name):
            return POSTFIX, _attribute(base, name, spelling)
        case _:
            return _loose(node, spelling)


def _loose(node: tree.Expression, spelling: Spelling) -> tuple[int, str]:
    match node:
        case tree.Lambda(parameter=parameter, body=body):
            arrow = "→" if spelling == "unicode" else "->"
            return LOOSE, f"{print_name(parameter.text, spelling)} {arrow} {_printed(body, LOOSE, spelling)}"
        case tree.Conditional(test=test, then=then, otherwise=otherwise):
            condition = _comparison(test, spelling)
            return LOOSE, f"{_printed(then, SUM, spelling)} if {condition} else {_printed(otherwise, LOOSE, spelling)}"
        case tree.Where(body=body, bindings=bindings):
            defined = ", ".join(f"{print_name(b.name.text, spelling)} = {_printed(b.value, LOOSE, spelling)}" for b in bindings)
            return OPEN, f"{_printed(body, OPEN, spelling)} where {defined}"
        case tree.Comparison():
            return OPEN - 1, _comparison(node, spelling)
        case _:
            raise AssertionError(f"no expression: {node!r}")


def _comparison(node: tree.Comparison, spelling: Spelling) -> str:
    sign = COMPARISONS.get(node.operator, node.operator) if spelling == "unicode" else node.operator
    return f"{_printed(node.left, SUM, spelling)} {sign} {_printed(node.right, SUM, spelling)}"


def _binary(node: tree.Binary, spelling: Spelling) -> tuple[int, str]:
    binds = _BINDS[node.operator]
    if node.operator == "^":
        return _power(node, spelling)
    sign = "∘" if spelling == "unicode" and node.operator == "@" and is_operator_like(node.right) else node.operator
    return binds, f"{_printed(node.left, binds, spelling)} {sign} {_printed(node.right, binds + 1, spelling)}"


def _power(node: tree.Binary, spelling: Spelling) -> tuple[int, str]:
    base = _printed(node.left, POSTFIX, spelling)
    exponent = _printed(node.right, SIGNED, spelling)
    if spelling == "unicode" and re.fullmatch(r"-?[0-9]+", exponent) and not base.endswith(tuple("‖₁₂∞²⁰¹³⁴⁵⁶⁷⁸⁹")):
        return POSTFIX, base + exponent.translate(_SUPERSCRIPT)
    return POWER, f"{base}^{exponent}"


def _call(node: tree.Call, spelling: Spelling) -> str:
    arguments = ", ".join(_argument(a, spelling) for a in node.arguments)
    if spelling == "unicode" and isinstance(node.function, tree.Name) and node.function.text in NORMS and "‖" not in arguments:
        only = node.arguments[0] if len(node.arguments) == 1 else None
        if only and only.name is None and not isinstance(only.value, tree.Splat):
            return f"‖{arguments}{NORMS[node.function.text]}"
    return f"{_printed(node.function, POSTFIX, spelling)}({arguments})"


def _argument(argument: tree.Argument, spelling: Spelling) -> str:
    value = _printed(argument.value, LOOSE, spelling)
    return value if argument.name is None else f"{print_name(argument.name.text, spelling)} = {value}"


def _attribute(base: tree.Expression, name: tree.Name, spelling: Spelling) -> str:
    text = f"({_printed(base, OPEN, spelling)})" if isinstance(base, tree.Number) else _printed(base, POSTFIX, spelling)
    return text + "ᴴ" if spelling == "unicode" and name.text == "H" else f"{text}.{print_name(name.text, spelling)}"
