"""Wrong rules, made from the right ones: a conjugate dropped, an order swapped, a guard left out, one at a time."""

from __future__ import annotations

import ast
import copy
import inspect
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from invlang.rules.law import Law


@dataclass(frozen=True)
class Mutant:
    """One change of one function.  what: in words, with the line of the function;  tree: the changed function."""

    module: ModuleType
    function: str
    what: str
    tree: ast.FunctionDef

    def __str__(self) -> str:
        return f"{self.module.__name__.rsplit('.', 1)[1]}.{self.function}: {self.what}"


def mutants_of(module: ModuleType, skip: tuple[str, ...] = ()) -> Iterator[Mutant]:
    """Every mutant of every function of a module, but of those that only speak."""
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.FunctionDef) and node.name not in skip:
            for what, changed in changes(node):
                yield Mutant(module, node.name, what, changed)


def changes(function: ast.FunctionDef) -> Iterator[tuple[str, ast.FunctionDef]]:
    spoken = {
        id(n) for a in ast.walk(function) if isinstance(a, ast.Assert) for n in ast.walk(a)
    }  # for the reader and the type checker
    for position, node in enumerate(ast.walk(function)):
        for what, change in CHANGES:
            other = None if id(node) in spoken else change(copy.deepcopy(node))
            if other is None or ast.dump(other) == ast.dump(node):
                continue
            changed = copy.deepcopy(function)
            place = list(ast.walk(changed))[position]
            line = place.lineno - function.lineno if hasattr(place, "lineno") else 0
            replacement = change(copy.deepcopy(place))
            assert replacement is not None
            yield (
                f"{what}, line {line}: {' '.join(ast.unparse(place).split())[:70]}",
                Replacing(place, replacement).visit(changed),
            )


class Replacing(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST):
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> Any:
        return self.new if node is self.old else self.generic_visit(node)


# ---- what may go wrong


def without_conjugate(node: ast.AST) -> ast.AST | None:
    """conj(v) → v"""
    return node.args[0] if is_call(node, "conj") and node.args else None  # type: ignore[attr-defined]


def without_adjoint(node: ast.AST) -> ast.AST | None:
    """adjoint(A), A.flipped → A"""
    if is_call(node, "adjoint") and node.args:  # type: ignore[attr-defined]
        return node.args[0]  # type: ignore[attr-defined]
    return node.value if isinstance(node, ast.Attribute) and node.attr == "flipped" else None


def swapped(node: ast.AST) -> ast.AST | None:
    """(a, b) of a product → (b, a)"""
    if is_call(node, "Compose") and isinstance(node.args[0], ast.Tuple) and len(node.args[0].elts) > 1:  # type: ignore[attr-defined]
        node.args[0].elts.reverse()  # type: ignore[attr-defined]
        return node
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) and len(node.value.elts) > 1:
        node.value.elts.reverse()
        return node
    return node.args[0] if is_call(node, "reversed") else None  # type: ignore[attr-defined]


def without_guard(node: ast.AST) -> ast.AST | None:
    """if …: return None → nothing"""
    if not (isinstance(node, ast.If) and len(node.body) == 1 and not node.orelse and isinstance(node.body[0], ast.Return)):
        return None
    value = node.body[0].value
    refuses = value is None or (isinstance(value, ast.Constant) and value.value in (None, False))
    return ast.copy_location(ast.Pass(), node) if refuses else None


def first_only(node: ast.AST) -> ast.AST | None:
    """a and b → a"""
    return node.values[0] if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And) else None


def last_only(node: ast.AST) -> ast.AST | None:
    """a and b → b"""
    return node.values[-1] if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And) else None


def some_for_all(node: ast.AST) -> ast.AST | None:
    """all(…) → any(…)"""
    if is_call(node, "all"):
        node.func.id = "any"  # type: ignore[attr-defined]
        return node
    return None


def another_sign(node: ast.AST) -> ast.AST | None:
    """negate(v) → v"""
    return node.args[0] if is_call(node, "negate") else None  # type: ignore[attr-defined]


def other_way_up(node: ast.AST) -> ast.AST | None:
    """reciprocal(v) → v"""
    return node.args[0] if is_call(node, "reciprocal") else None  # type: ignore[attr-defined]


def is_call(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


CHANGES: tuple[tuple[str, Callable[[ast.AST], ast.AST | None]], ...] = (
    ("no conjugate", without_conjugate),
    ("no adjoint", without_adjoint),
    ("another order", swapped),
    ("no guard", without_guard),
    ("half a guard", first_only),
    ("the other half of a guard", last_only),
    ("some for all", some_for_all),
    ("another sign", another_sign),
    ("no reciprocal", other_way_up),
)


# ---- putting one in place


def put_in_place(mutant: Mutant, set_attribute: Callable[[Any, str, Any], None]) -> None:
    """The mutant wherever the right function is known by name.  set_attribute: monkeypatch.setattr."""
    names = dict(vars(mutant.module))
    code = ast.fix_missing_locations(ast.Module([mutant.tree], []))
    exec(compile(code, f"<{mutant}>", "exec"), names)
    right, wrong = getattr(mutant.module, mutant.function), names[mutant.function]
    globals_of(wrong).update({n: v for n, v in vars(mutant.module).items() if n != mutant.function})
    put(right, wrong, set_attribute)


def put(right: Any, wrong: Any, set_attribute: Callable[[Any, str, Any], None]) -> None:
    """One function or law in the place of another."""
    for module in [m for n, m in sys.modules.items() if n.startswith("invlang.")]:
        for name, value in list(vars(module).items()):
            if value is right:
                set_attribute(module, name, wrong)
            elif isinstance(value, tuple) and right in value and all(isinstance(v, Law) for v in value):
                set_attribute(module, name, tuple(wrong if v is right else v for v in value))
            elif isinstance(value, dict) and right in value.values() and name == "INFERRED":
                set_attribute(module, name, {k: wrong if v is right else v for k, v in value.items()})


def globals_of(function: Any) -> dict[str, Any]:
    inner = function.rewrite if isinstance(function, Law) else getattr(function, "__wrapped__", function)
    return inner.__globals__


WORKED_OUT = ("invlang.rules", "invlang.meaning.laws")


def forget() -> None:
    """Empties every memory of what was worked out by rules: with another rule it does not count.

    Those of the library stay, whatever module knows them by name: a primitive that is made anew is another primitive.
    """
    for module in [m for n, m in sys.modules.items() if n.startswith("invlang.rules")]:
        for value in list(vars(module).values()):
            if hasattr(value, "cache_clear") and value.__module__.startswith(WORKED_OUT):
                value.cache_clear()


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """TimeoutError where something takes more of the processor's time: a wrong rule may rewrite for ever."""

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
