"""Which definitions are maps that are not linear: a function of arrays stands in their equations."""

from __future__ import annotations

from typing import Any

from invlang.meaning.meanings import Declared, Template
from invlang.meaning.scope import Scope
from invlang.syntax import tree


def is_map(definition: tree.Definition, scope: Scope) -> bool:
    """Whether a definition's equation holds a function of arrays before `@`, here or in what it calls: it is not linear."""
    return definition.body is not None and holds_map(definition.body, scope)


def holds_map(node: Any, scope: Scope) -> bool:
    match node:
        case tree.Binary("@", left, right):
            return is_function(left, scope) or is_function(right, scope) or holds_map(left, scope) or holds_map(right, scope)
        case tree.Binary(_, left, right):
            return holds_map(left, scope) or holds_map(right, scope)
        case tree.Conditional(_, then, otherwise):
            return holds_map(then, scope) or holds_map(otherwise, scope)
        case tree.Where(body, bindings):
            return holds_map(body, scope) or any(holds_map(b.value, scope) for b in bindings)
        case tree.Call(function, arguments):
            return names_map(function, scope) or any(holds_map(a.value, scope) for a in arguments)
        case tree.Name():
            return names_map(node, scope)
    return False


def is_function(node: Any, scope: Scope) -> bool:
    return isinstance(node, tree.Name) and scope.find(node.text) is None and node.text in POINTWISE


def names_map(node: Any, scope: Scope) -> bool:
    found = scope.find(node.text) if isinstance(node, tree.Name) else None
    if isinstance(found, Template):
        return not found.is_linear
    if isinstance(found, Declared) and isinstance(found.definition, tree.Definition) and found.stem == "user":
        return is_map(found.definition, found.scope)
    return False


POINTWISE = frozenset("abs abs2 exp log sqrt sin cos min max clip round real imag conj sign".split())
