"""What an expression can mean while a program is being understood."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from invlang.graph.functionals import Term
from invlang.graph.operators import Operator
from invlang.graph.spaces import AnySpace, Axis, Size, Space
from invlang.graph.values import Value
from invlang.source import Span
from invlang.syntax import tree

if TYPE_CHECKING:
    from invlang.meaning.scope import Scope

Causes = tuple[tuple[Span, str], ...]
Built = tuple[Operator, AnySpace]


@dataclass(frozen=True)
class AxisRef:
    """A name of an axis: which label it bears, how long it is, and, where known, its position from the end."""

    label: str
    size: Size
    position: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class AxisList:
    """What a variadic name stands for: `axes...`"""

    axes: tuple[AxisRef, ...]


@dataclass(frozen=True)
class SizeList:
    """Sizes in a row: `[H // 2, W // 2]`, or arithmetic on a variadic name: `axes // 2`.  labels: of bare dims, `[p, q]`."""

    sizes: tuple[Size, ...]
    labels: tuple[str | None, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Array:
    """A known array or number.  space carries the names of axes."""

    value: Value
    space: Any


def nameless(value: Value) -> Array:
    """A value whose axes have no names here: it may be shared with a program that calls them otherwise."""
    space = value.space
    return Array(value, replace(space, axes=tuple(Axis(a.size) for a in space.axes)) if isinstance(space, Space) else space)


@dataclass(frozen=True)
class Affine:
    """operator · unknown + offset.  variable: the value of all unknowns together, which the operator acts on."""

    operator: Operator
    offset: Value | None
    space: Any
    variable: Value


@dataclass(frozen=True)
class Curve:
    """An array that depends on the unknown nonlinearly.  value: in terms of the unknown's variable."""

    value: Value
    space: Space


@dataclass(frozen=True)
class Mapped:
    """abs, abs2 or norm2 of something that depends on the unknown: a step on the way to a functional."""

    function: str
    argument: Affine | Curve
    axes: tuple[int, ...]
    space: Space


@dataclass(frozen=True)
class Terms:
    """A sum of functionals of the unknown."""

    terms: tuple[Term, ...]


@dataclass(frozen=True)
class Word:
    """A bare word that names a choice: circular, centred."""

    text: str


@dataclass(frozen=True)
class TextOf:
    text: str


@dataclass(frozen=True)
class Flag:
    value: bool


@dataclass(frozen=True)
class Interval:
    lower: float
    upper: float


@dataclass(frozen=True)
class Items:
    items: tuple[Any, ...]


@dataclass(frozen=True)
class Template:
    """An operator that waits for the space it acts on.

    on: domain (with axis names), place → (operator, codomain with axis names).
    on_codomain: the same when only the codomain is known; may be refused.
    apply: for maps that are not linear; None for operators.
    causes: the lines that made it what it is.  size: how many operators it is made of.
    """

    name: str
    on: Callable[[AnySpace, Span], Built]
    on_codomain: Callable[[AnySpace, Span], Built]
    apply: Callable[[Any, Span], Any] | None = None
    causes: Causes = ()
    size: int = 1

    @property
    def is_linear(self) -> bool:
        return self.apply is None


@dataclass(frozen=True)
class Declared:
    """A definition of the library or of the file, not called yet."""

    definition: tree.Definition | tree.Algorithm
    scope: Scope = field(compare=False, repr=False)
    stem: str = ""


@dataclass(frozen=True)
class Function:
    """A lambda with the scope it was written in."""

    definition: tree.Lambda
    scope: Scope = field(compare=False, repr=False)


@dataclass(frozen=True)
class LawCall:
    """A noise law with its parameters: what follows `~`."""

    definition: tree.Definition
    mean: Any
    parameters: tuple[tuple[str, Any], ...]
    scope: Scope = field(compare=False, repr=False)


@dataclass(frozen=True)
class Unsized:
    """An array that waits for the space it is given to: a kernel, a mask, a draw.

    on: space, place, name of the stream that it is drawn from → value.
    """

    name: str
    on: Callable[[Space, Span, str], Value]


@dataclass(frozen=True)
class Later:
    """Something that the language has a word for and a later version runs: a network, a plug-and-play prior."""

    what: str


@dataclass(frozen=True)
class Broken:
    """A name whose declaration was refused; using it says nothing more."""


def describe(meaning: Any) -> str:
    """What a message calls it."""
    match meaning:
        case AxisRef():
            return "a size"
        case AxisList():
            return "sizes"
        case SizeList():
            return "a list of whole numbers"
        case Array(_, space):
            return "a number" if isinstance(space, Space) and not space.rank else f"an array {space}"
        case Affine(_, _, space) | Curve(_, space) | Mapped(_, _, _, space):
            return f"an array {space}" if not isinstance(space, Space) or space.rank else "a number that depends on the unknown"
        case Terms():
            return "the value of a functional"
        case Word(text):
            return f"the word `{text}`"
        case Unsized(name):
            return f"`{name}`, which has no size yet"
        case TextOf():
            return "a text"
        case Flag():
            return "true or false"
        case Interval():
            return "an interval"
        case Items():
            return "a list"
        case Template():
            return "an operator" if meaning.is_linear else "a map"
        case Declared(definition):
            return f"the {getattr(definition, 'keyword', 'algorithm')} `{definition.name.text}`"
        case Function():
            return "a function"
        case LawCall():
            return "a noise law"
        case Later(what):
            return f"`{what}`"
    return getattr(meaning, "described", "something")
