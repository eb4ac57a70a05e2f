"""Which definitions are maps that are not linear: a function of arrays stands in their equations."""

from __future__ import annotations

from typing import Any

from invlang.meaning.meanings import Declared, Template
from invlang.meaning.scope import Scope
from invlang.syntax import tree


def is_map(definition: tree.Definition, scope: Scope, seen: set[int] | None = None) -> bool:
    """Whether a definition's equation holds a function of arrays before `@`, or an offset, here or in what it calls: it is not linear.

    seen: the definitions looked at already, each once however often it is called.
    """
    seen = set() if seen is None else seen
    if definition.body is None or id(definition) in seen:
        return False
    seen.add(id(definition))
    return has_offset(definition) or holds_map(definition.body, scope, seen)


def has_offset(definition: tree.Definition) -> bool:
    """Whether an array that is a parameter is added to an operator: A + b."""
    body, arrays = definition.body, {p.name.text for p in definition.parameters if isinstance(p.kind, tree.Space) and p.kind.axes}
    if not isinstance(definition.signature, tree.Signature) or not isinstance(body, tree.Binary) or body.operator not in "+-":
        return False
    return any(isinstance(side, tree.Name) and side.text in arrays for side in (body.left, body.right))


def holds_map(node: Any, scope: Scope, seen: set[int]) -> bool:
    def holds(*nodes: Any) -> bool:
        return any(holds_map(n, scope, seen) for n in nodes)

    match node:
        case tree.Binary("@", left, right):
            return is_function(left, scope) or is_function(right, scope) or holds(left, right)
        case tree.Binary(_, left, right):
            return holds(left, right)
        case tree.Conditional(_, then, otherwise):
            return holds(then, otherwise)
        case tree.Where(body, bindings):
            return holds(body, *(b.value for b in bindings))
        case tree.Call(function, arguments):
            return names_map(function, scope, seen) or holds(*(a.value for a in arguments))
        case tree.Name():
            return names_map(node, scope, seen)
    return False


def is_function(node: Any, scope: Scope) -> bool:
    return isinstance(node, tree.Name) and scope.find(node.text) is None and node.text in POINTWISE


def names_map(node: Any, scope: Scope, seen: set[int]) -> bool:
    found = scope.find(node.text) if isinstance(node, tree.Name) else None
    if isinstance(found, Template):
        return not found.is_linear
    if isinstance(found, Declared) and isinstance(found.definition, tree.Definition) and found.stem == "user":
        return is_map(found.definition, found.scope, seen)
    return False


POINTWISE = frozenset("abs abs2 exp log sqrt sin cos min max clip round nearest real imag conj sign".split())
