"""The tree of a program: what was written, before any of it is understood."""

from __future__ import annotations

from dataclasses import dataclass, field

from invlang.source import Span

# Nodes compare by content; `span` is where they stand and `spelling` how they were written.


@dataclass(frozen=True)
class Node:
    span: Span = field(compare=False, repr=False, kw_only=True)


# ---- expressions


@dataclass(frozen=True)
class Name(Node):
    """A name; primed next values keep their prime: `x'`.  Greek letters are spelt out: σ is sigma."""

    text: str


@dataclass(frozen=True)
class Number(Node):
    """A literal, as text so that nothing is lost: `0.02`, `1e-4`, `20`.  inf is a Name."""

    text: str


@dataclass(frozen=True)
class Text(Node):
    """A quoted string, without its quotes."""

    text: str


@dataclass(frozen=True)
class Negate(Node):
    operand: Expression


@dataclass(frozen=True)
class Binary(Node):
    """operator: one of + - * / // ^ @ .  `∘` is @, `⊙` is *, a superscript ² is ^ 2."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Attribute(Node):
    """object.name: `A.H` (adjoint; `Aᴴ` means the same), `scanner.A`."""

    object: Expression
    name: Name


@dataclass(frozen=True)
class Argument(Node):
    """An argument of a call.  name is None for a positional one."""

    name: Name | None
    value: Expression


@dataclass(frozen=True)
class Call(Node):
    """f(a, b = c), also `pinv(A)`, `prox(step * g)(x)` (a call of a call), `‖r‖²` (= sq(r))."""

    function: Expression
    arguments: tuple[Argument, ...]


@dataclass(frozen=True)
class ListOf(Node):
    """[a, b]: an interval, a list of sizes, a list of transforms."""

    items: tuple[Expression, ...]


@dataclass(frozen=True)
class Splat(Node):
    """`axes...`: all of a variadic name's axes or sizes, spread out as arguments."""

    name: Name


@dataclass(frozen=True)
class Lambda(Node):
    """v -> body"""

    parameter: Name
    body: Expression


@dataclass(frozen=True)
class Where(Node):
    """body where a = …, b = …  (the bindings stand in the order written)"""

    body: Expression
    bindings: tuple[Binding, ...]


@dataclass(frozen=True)
class Binding(Node):
    name: Name
    value: Expression


@dataclass(frozen=True)
class Conditional(Node):
    """a if condition else b, condition being  left == right  or left != right: only on choices and sizes known when compiled.
    The language writes it as cases of an operator:  `= Circ(h) if boundary == circular`.
    """

    test: Comparison
    then: Expression
    otherwise: Expression


@dataclass(frozen=True)
class Comparison(Node):
    """operator: == != < <= > >="""

    operator: str
    left: Expression
    right: Expression


Expression = (
    Name | Number | Text | Negate | Binary | Attribute | Call | ListOf | Splat | Lambda | Where | Conditional | Comparison
)

# ---- spaces


@dataclass(frozen=True)
class Ellipsis_(Node):
    """`...` in a space: any leading axes, the same throughout a signature."""


@dataclass(frozen=True)
class Space(Node):
    """field[axes]: field is real, complex, binary, integer, number or boolean; axes are size expressions, `...` or a Splat.
    A bare field (`integer`, `real`) has no axes and means a scalar."""

    field: Name
    axes: tuple[Expression | Ellipsis_, ...]


@dataclass(frozen=True)
class Spaces(Node):
    """(space, space): a product, the codomain of a stack."""

    parts: tuple[Space, ...]


@dataclass(frozen=True)
class Signature(Node):
    """domain -> codomain"""

    domain: Space | Spaces
    codomain: Space | Spaces


# ---- statements of a program; `doc` is the text of the ## lines above a statement (or None)


@dataclass(frozen=True)
class Use(Node):
    """use mri · use "scanner.inv" as scanner · use python "nets.py" """

    module: Name | Text
    alias: Name | None = None
    python: bool = False


@dataclass(frozen=True)
class DimItem(Node):
    name: Name
    value: Expression | None


@dataclass(frozen=True)
class Dim(Node):
    items: tuple[DimItem, ...]


@dataclass(frozen=True)
class Given(Node):
    """given name : space = value, or ~ law, or neither"""

    name: Name
    space: Space
    value: Expression | None = None
    law: Expression | None = None
    doc: str | None = None


@dataclass(frozen=True)
class Unknown(Node):
    """unknown name : space in constraint"""

    name: Name
    space: Space
    constraint: Expression | None = None
    doc: str | None = None


@dataclass(frozen=True)
class Let(Node):
    name: Name
    value: Expression
    doc: str | None = None


@dataclass(frozen=True)
class Data(Node):
    """data y ~ Normal(A @ x, sigma = 0.02)"""

    name: Name
    law: Expression
    doc: str | None = None


@dataclass(frozen=True)
class Observe(Node):
    name: Name
    value: Expression


@dataclass(frozen=True)
class Simulate(Node):
    """simulate name = value, or ~ law"""

    name: Name
    value: Expression
    is_law: bool = False


@dataclass(frozen=True)
class Parameter(Node):
    """name : space = default · name : trait trait · name : a | b = a (choices) · name... (variadic axes)

    kind is a Space, a tuple of trait Names (`smooth convex`, `boolean`), or a Choices; None where nothing is said.
    """

    name: Name
    kind: Space | Traits | Choices | None = None
    default: Expression | None = None
    variadic: bool = False


@dataclass(frozen=True)
class Traits(Node):
    names: tuple[Name, ...]


@dataclass(frozen=True)
class Choices(Node):
    """One of some words; where `array` is given, an array of that space instead of a word."""

    names: tuple[Name, ...]
    array: Space | None = None


@dataclass(frozen=True)
class Fact(Node):
    """A claim after `is`: `unitary`, `tight(2)`, `norm at most 1` is written norm_at_most(1)."""

    name: Name
    arguments: tuple[Argument, ...] = ()


@dataclass(frozen=True)
class Law(Node):
    """law left = right"""

    left: Expression
    right: Expression


@dataclass(frozen=True)
class Example(Node):
    """example Fourier(H, W) on complex[8, 6]; the space may be missing"""

    value: Expression
    space: Space | Spaces | None


@dataclass(frozen=True)
class Has(Node):
    """has prox(step) = …: a formula that belongs to a declaration (of a functional, a noise law, a primitive)."""

    name: Name
    parameters: tuple[Name, ...]
    value: Expression


@dataclass(frozen=True)
class Definition(Node):
    """operator | functional | primitive | noise | generator, with parameters.

    keyword: operator, functional, primitive, noise, generator
    of: for `primitive functional norm1(…)` the word `functional`; otherwise None
    body: the equation after `=`, or None for a primitive
    """

    keyword: str
    name: Name
    parameters: tuple[Parameter, ...] = ()
    signature: Signature | Space | None = None
    body: Expression | None = None
    facts: tuple[Fact, ...] = ()
    laws: tuple[Law, ...] = ()
    examples: tuple[Example, ...] = ()
    formulas: tuple[Has, ...] = ()
    of: str | None = None
    doc: str | None = None

    def __hash__(self) -> int:
        """Of what tells definitions apart; the rest would be walked through at every look-up."""
        return hash((self.keyword, self.name))


@dataclass(frozen=True)
class Assign(Node):
    """name = value inside an algorithm"""

    name: Name
    value: Expression


@dataclass(frozen=True)
class Repeat(Node):
    body: tuple[Assign, ...]


@dataclass(frozen=True)
class Algorithm(Node):
    """algorithm NAME(roles and parameters) solves | samples template { body }"""

    name: Name
    parameters: tuple[Parameter, ...]
    verb: str
    template: Expression
    body: tuple[Assign | Repeat, ...]
    facts: tuple[Fact, ...] = ()
    doc: str | None = None


@dataclass(frozen=True)
class Network(Node):
    """network D = DRUNet(…)"""

    name: Name
    value: Expression
    doc: str | None = None


@dataclass(frozen=True)
class Clause(Node):
    """A line inside reconstruct, train or evaluate that is not the objective: a word and its expressions.

    `by DavisYin(iterations = 200)` · `unroll 8 { learn step per iteration, D }` · `report mean, std` · `epochs 20` ·
    `on images("train/"), crop = 64` · `loss …` · `optimizer …` · `metrics psnr, ssim` · `stop when …`
    arguments: the expressions in order, keyword ones as named Arguments; inner: the clauses in braces
    """

    word: Name
    arguments: tuple[Argument, ...] = ()
    inner: tuple[Clause, ...] = ()


@dataclass(frozen=True)
class Reconstruct(Node):
    """reconstruct NAME { minimize E … | sample N from E … | estimate EXPRESSION … }

    verb: minimize, sample or estimate; count: N of sample; over: the variable of `minimize E over theta`
    """

    name: Name
    verb: str
    objective: Expression
    count: Expression | None = None
    over: Name | None = None
    clauses: tuple[Clause, ...] = ()
    doc: str | None = None


@dataclass(frozen=True)
class Train(Node):
    name: Name
    clauses: tuple[Clause, ...]
    doc: str | None = None


@dataclass(frozen=True)
class Evaluate(Node):
    names: tuple[Name, ...]
    clauses: tuple[Clause, ...]


Statement = (
    Use
    | Dim
    | Given
    | Unknown
    | Let
    | Data
    | Observe
    | Simulate
    | Network
    | Definition
    | Algorithm
    | Reconstruct
    | Train
    | Evaluate
)


@dataclass(frozen=True)
class Comment:
    """A `#` comment: kept beside the tree so that the formatter can put it back.  own_line: nothing stands before it."""

    span: Span
    text: str
    own_line: bool


@dataclass(frozen=True)
class Program(Node):
    """lost: names that statements would have declared which could not be read."""

    doc: str | None
    statements: tuple[Statement, ...]
    comments: tuple[Comment, ...] = field(default=(), compare=False)
    lost: tuple[str, ...] = field(default=(), compare=False)
