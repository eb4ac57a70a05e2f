"""Mistakes about spaces that do not meet: operators and images, arrays, real and complex, a definition and its signature."""

from __future__ import annotations

from dataclasses import dataclass, replace

from invlang.diagnostics import Fix
from invlang.meaning.alignment import aligned
from invlang.meaning.mistake import Mistake
from invlang.source import Span


@dataclass(frozen=True)
class DoNotMeet(Mistake):
    """What one thing gives is not what the operator after it takes.

    giver: its name, None until the place that composes them is known.  verb: `gives` of operators, `is` of arrays.
    free: names in `takes` that stand for any size.  labels: what the axes in `gives` are called.
    repair: what to write instead, where that surely fits.
    """

    giver: str | None
    taker: str
    gives: tuple[str, ...]
    takes: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    hint: str | None = None
    free: frozenset[str] = frozenset()
    verb: str = "gives"
    repair: Fix | None = None
    labels: tuple[str | None, ...] = ()
    code = "E0301"
    page = """Operators, or an operator and an image, that do not meet

In `A @ B`, B comes first: what B gives must be what A takes, axis by axis from the last.  Sizes are equal; only an array that is
multiplied stretches, and only where it has size 1.  The message marks the axis that differs.  Often the two stand in the wrong
order, an adjoint `.H` is missing, or a Crop, Pad or Downsample belongs between them.

    dim H, W = 256
    given m : binary[1, 230]
    unknown x : complex[H, W]
    data y ~ Normal(Diagonal(m) @ Fourier(H, W) @ x, sigma = 0.1)                          # wrong: 256 is not 230
    data y ~ Normal(Diagonal(m) @ Crop(W, size = 230) @ Fourier(H, W) @ x, sigma = 0.1)    # right
"""

    def headline(self) -> str:
        giver = self.giver or "what comes before"
        if self.verb == "is":
            return f"these do not meet: {giver} is not what {self.taker} takes"
        return f"these operators do not meet: what {giver} gives is not what {self.taker} takes"

    def here(self) -> str:
        rows = (
            (f"{self.giver or 'it'} {self.verb}".replace("`", ""), self.gives),
            (f"{self.taker} takes".replace("`", ""), self.takes),
        )
        return "\n".join(("", *aligned(rows, self.free)))

    def notes(self) -> tuple[str, ...]:
        return self.remarks

    def help(self) -> str | None:
        return self.hint

    def fix(self) -> Fix | None:
        return self.repair

    def with_repair(self, hint: str, span: Span, text: str) -> Mistake:
        return replace(self, hint=hint, repair=Fix(span, text))

    def moved_to(self, span: Span, aside: str) -> Mistake:
        return replace(super().moved_to(span, aside), hint=None, repair=None)  # type: ignore[call-arg]


@dataclass(frozen=True)
class WrongField(Mistake):
    """Complex where real is wanted.  The other way round nothing is wrong: a real image is embedded."""

    what: str
    wanted: str
    found: str
    hint: str | None = None
    code = "E0302"
    page = """Complex values where real ones are wanted

A real image may stand where a complex one is wanted: it passes through a visible node `Complex`.  The other way round something
would be lost in silence, so say what you want: `Real @ A`, `real(x)`, `abs(x)` or `abs2(x)`.

    data y ~ Poisson(Fourier(H, W) @ x, gain = 1)            # wrong: a spectrum is complex
    data y ~ Poisson(abs2(Fourier(H, W) @ x), gain = 1)      # right
"""

    def headline(self) -> str:
        return f"{self.what} takes {self.wanted} values, and these are {self.found}"

    def help(self) -> str | None:
        return self.hint


@dataclass(frozen=True)
class DoNotStretch(Mistake):
    """Two arrays of element-by-element arithmetic whose shapes do not fit."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    names: tuple[str, str] = ("the left", "the right")
    remarks: tuple[str, ...] = ()
    code = "E0304"
    page = """Arrays whose shapes do not fit

Arrays of `+ - * /` stretch as in NumPy, from the last axis, only where an axis has size 1, and axes that both have a name have the
same one.

    given a : real[H, W]
    given b : real[C, W]
    let c = a + b                    # wrong: H is not C

    given a : real[H, W]
    given b : real[1, W]
    let c = a + b                    # right: 1 stretches
"""

    def headline(self) -> str:
        return f"the shapes of {self.names[0]} and {self.names[1]} do not fit each other"

    def here(self) -> str:
        rows = tuple((f"{n} is".replace("`", ""), axes) for n, axes in zip(self.names, (self.left, self.right), strict=True))
        return "\n".join(("", *aligned(rows, frozenset({"1"}))))

    def notes(self) -> tuple[str, ...]:
        return self.remarks


@dataclass(frozen=True)
class WrongSpace(Mistake):
    """An array's space is not what its place declares."""

    what: str
    wanted: str
    found: str
    remarks: tuple[str, ...] = ()
    rows: tuple[tuple[str, tuple[str, ...]], ...] = ()
    instead: str | None = None
    code = "E0305"
    page = """An array of another shape than its place declares

A parameter's declaration says which space its argument lies in; `invlang doc NAME` shows it.

    given h : real[9]
    functional Smooth(x : real[H, W]) = sq(Gradient(H, W) @ x)
    reconstruct r { minimize fidelity(y) + Smooth(h) }       # wrong: h has one axis, and two are wanted
    reconstruct r { minimize fidelity(y) + Smooth(x) }       # right
"""

    def headline(self) -> str:
        return f"{self.what} should be {self.wanted}, and it is {self.found}"

    def here(self) -> str:
        return "\n".join(("", *aligned(self.rows))) if self.rows else ""

    def notes(self) -> tuple[str, ...]:
        return self.remarks

    def help(self) -> str | None:
        return f"did you mean `{self.instead}`?" if self.instead else None

    def fix(self) -> Fix | None:
        return Fix(self.span, self.instead) if self.instead else None


@dataclass(frozen=True)
class DoNotAdd(Mistake):
    """Operators of a sum, or side by side, that do not give the same."""

    names: tuple[str, str]
    gives: tuple[tuple[str, ...], tuple[str, ...]]
    fields: tuple[str, str] = ("", "")
    code = "E0310"
    page = """Operators that cannot be added

The terms of a sum act on the same image and give the same: their axes are equal, and all are real or all complex.

    let D = Downsample(factor = 2)
    data y ~ Normal((Blur(h) + D) @ x, sigma = 0.1)              # wrong
    data y ~ Normal((D @ Blur(h) + D) @ x, sigma = 0.1)          # right
"""

    def headline(self) -> str:
        return f"{self.names[0]} and {self.names[1]} cannot be added: they do not give the same"

    def here(self) -> str:
        marked = self.fields[0] != self.fields[1]
        shown = [(f"{f} · " if marked else "", axes) for f, axes in zip(self.fields, self.gives, strict=True)]
        rows = tuple(
            (f"{n} gives".replace("`", ""), (f.strip(" ·"), *a) if f else a) for n, (f, a) in zip(self.names, shown, strict=True)
        )
        return "\n".join(("", *aligned(rows)))


@dataclass(frozen=True)
class DefinitionGives(Mistake):
    """A definition whose equation gives another space than its signature says."""

    name: str
    says: tuple[str, ...]
    gives: tuple[str, ...]
    fields: tuple[str, str] = ("", "")
    code = "E0314"
    page = """A definition whose equation is not what its signature says

    operator Half(k : integer) : real[H, W] -> real[H, W]                     # wrong: the image shrinks
      = Downsample(H, W, factor = 2)

    operator Half(k : integer) : real[H, W] -> real[H // 2, W // 2]           # right
      = Downsample(H, W, factor = 2)
"""

    def headline(self) -> str:
        return f"the equation of `{self.name}` does not give what its signature says"

    def here(self) -> str:
        marked = self.fields[0] != self.fields[1]
        said, given = ((f, *a) if marked else a for f, a in zip(self.fields, (self.says, self.gives), strict=True))
        return "\n".join(("", *aligned((("the signature says", said), ("the equation gives", given)))))


ALL: tuple[type[Mistake], ...] = (DoNotMeet, WrongField, DoNotStretch, WrongSpace, DoNotAdd, DefinitionGives)
