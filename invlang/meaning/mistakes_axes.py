"""Mistakes about axes and sizes: names that are not there or there twice, sizes that no axis can have."""

from __future__ import annotations

from dataclasses import dataclass, replace

from invlang.diagnostics import Fix
from invlang.meaning.mistake import Mistake, did_you_mean
from invlang.source import Span


@dataclass(frozen=True)
class NoSuchAxis(Mistake):
    axis: str
    space: str
    has: tuple[str, ...]
    close: str | None = None
    hint: str | None = None
    repair: Fix | None = None
    code = "E0303"
    page = """An axis that is not there

An axis is named by the dim that is its size: `x : real[3, H, W]` has the axes H and W, and one without a name.  An operator that
speaks of an axis needs it to be there.

    unknown x : real[3, H, W]
    data y ~ Normal(Sum(C) @ x, sigma = 0.1)         # wrong: x has no axis C

    unknown x : real[C, H, W]
    data y ~ Normal(Sum(C) @ x, sigma = 0.1)         # right
"""

    def headline(self) -> str:
        return f"there is no axis `{self.axis}` in {self.space}"

    def notes(self) -> tuple[str, ...]:
        return (f"its named axes are {', '.join(self.has)}" if self.has else "none of its axes has a name",)

    def help(self) -> str | None:
        return did_you_mean(self.close) or self.hint

    def fix(self) -> Fix | None:
        return self.repair

    def with_repair(self, hint: str, span: Span, text: str) -> Mistake:
        return replace(self, hint=hint, repair=Fix(span, text))


@dataclass(frozen=True)
class AmbiguousAxis(Mistake):
    axis: str
    space: str
    code = "E0309"
    page = """A name that two axes bear

In `x : real[N, N]` both axes are called N, so nothing can speak of one of them.  Declare two dims.

    dim N
    unknown x : complex[N, N]
    data y ~ Normal(Fourier(N) @ x, sigma = 0.1)         # wrong: which one?

    dim N, M
    unknown x : complex[N, M]
    data y ~ Normal(Fourier(N) @ x, sigma = 0.1)         # right
"""

    def headline(self) -> str:
        return f"more than one axis of {self.space} is called `{self.axis}`"

    def help(self) -> str | None:
        return "give each axis a dim of its own"


@dataclass(frozen=True)
class SpaceNotKnown(Mistake):
    what: str
    code = "E0306"
    page = """An operator whose images are not known

The compiler learns the space that an operator acts on from what it is applied to, or from what an adjoint should give.  Here
nothing says it.  Apply the operator to something, name its axes, or give it a signature.

    unknown x : real[C, H, W]
    data y ~ Normal(Sum(C) @ x, sigma = 0.1)
    reconstruct r { estimate Sum(colour).H @ y }         # wrong: how long is the axis `colour`?
    reconstruct r { estimate Sum(C).H @ y }              # right
"""

    def headline(self) -> str:
        return f"nothing says which images {self.what} acts on"


@dataclass(frozen=True)
class KernelTooLong(Mistake):
    """taps: samples of the kernel along an axis of so many samples."""

    taps: str
    length: str
    axis: str = ""
    code = "E0311"
    page = """A kernel that is larger than the image

A blur's kernel has at most as many samples along each axis as the image.

    dim N = 8
    unknown x : real[N]
    given h : real[9]
    data y ~ Normal(Blur(h) @ x, sigma = 0.1)        # wrong: 9 samples on an image of 8

    given h : real[5]
    data y ~ Normal(Blur(h) @ x, sigma = 0.1)        # right
"""

    def headline(self) -> str:
        where = f" along {self.axis}" if self.axis else ""
        return f"the kernel is larger than the image: it has {self.taps} samples{where}, and the image has {self.length}"


@dataclass(frozen=True)
class DoesNotDivide(Mistake):
    factor: str
    length: str
    axis: str = ""
    code = "E0312"
    page = """A factor that does not divide the image's size

Keeping every second sample of 255 would leave a half: sizes are multiples of the factor.  Crop or pad the image first.

    dim H, W = 255
    unknown x : real[H, W]
    data y ~ Normal(Downsample(W, factor = 2) @ x, sigma = 0.1)                          # wrong
    data y ~ Normal(Downsample(W, factor = 2) @ Crop(W, size = 254) @ x, sigma = 0.1)    # right
"""

    def headline(self) -> str:
        return f"{self.factor} does not divide {self.length}, the size of {self.axis or 'an axis'}"

    def help(self) -> str | None:
        rest = int(self.length) - int(self.length) % int(self.factor)
        return f"crop first, to {rest} samples, or choose another factor" if rest else "choose a smaller factor"


@dataclass(frozen=True)
class OutsideImage(Mistake):
    """A window of samples that an axis does not have."""

    first: str
    taken: str
    length: str
    axis: str = ""
    code = "E0317"
    page = """A window that is not inside the image

`Crop` takes `size` samples from `start` on (from the first, 0, where nothing is said): all of them are samples of the image.

    dim H = 64, W = 64
    unknown x : real[H, W]
    data y ~ Normal(Crop(H, W, size = [48, 48], start = [20, 8]) @ x, sigma = 0.1)    # wrong: 20 + 48 is more than 64
    data y ~ Normal(Crop(H, W, size = [48, 48], start = [16, 8]) @ x, sigma = 0.1)    # right
"""

    def headline(self) -> str:
        return f"{self.taken} samples from {self.first} on are not inside {self.axis or 'an axis'}, which has {self.length}"

    def help(self) -> str | None:
        room = int(self.length) - int(self.taken)
        return f"`start` is between 0 and {room} there" if room >= 0 else f"`size` is at most {self.length} there"


@dataclass(frozen=True)
class NotAPowerOfTwo(Mistake):
    called: str
    length: str
    axis: str = ""
    code = "E0316"
    page = """A transform of sizes that are powers of two

The fast Hadamard transform halves an axis until one sample is left, so its sizes are 2, 4, 8, 16, …  Crop or pad the image first.

    dim W = 100
    unknown x : real[W]
    data y ~ Normal(Hadamard(W) @ x, sigma = 0.1)                          # wrong
    data y ~ Normal(Hadamard(W) @ Crop(W, size = 64) @ x, sigma = 0.1)     # right
"""

    def headline(self) -> str:
        return f"`{self.called}` takes sizes that are powers of two, and {self.axis or 'an axis'} has {self.length}"

    def help(self) -> str | None:
        below = 1 << (int(self.length).bit_length() - 1)
        return f"crop to {below} or pad to {2 * below} samples"


@dataclass(frozen=True)
class WrongSize(Mistake):
    """A size that no axis can have."""

    what: str
    why: str
    hint: str | None = None
    code = "E0313"
    page = """A size that no axis can have

Sizes are whole numbers above 0, made of numbers, dims and + - * // ^.

    dim K = 0                            # wrong
    dim K = 64                           # right

    dim N = 64
    given edge : binary[N - 64]          # wrong: nothing is left
    given edge : binary[N - 60]          # right
"""

    def headline(self) -> str:
        return f"{self.what} cannot be the size of an axis: {self.why}"

    def help(self) -> str | None:
        return self.hint


@dataclass(frozen=True)
class AxisIsThere(Mistake):
    """An operator that would make a second axis of one name."""

    axis: str
    space: str
    hint: str | None = None
    code = "E0315"
    page = """An axis that is there already

`Repeat(C)` copies an image along a new axis C, and the adjoint of `Sum(C)` does the same.  An image that has an axis C already
cannot get a second one: often an adjoint is written once too much.

    unknown x : real[C, H, W]
    data y ~ Normal(Sum(C).H @ x, sigma = 0.1)           # wrong: x has an axis C
    data y ~ Normal(Sum(C) @ x, sigma = 0.1)             # right
"""

    def headline(self) -> str:
        return f"there is an axis `{self.axis}` already in {self.space}"

    def help(self) -> str | None:
        return self.hint


ALL: tuple[type[Mistake], ...] = (
    NoSuchAxis,
    AmbiguousAxis,
    AxisIsThere,
    SpaceNotKnown,
    KernelTooLong,
    DoesNotDivide,
    OutsideImage,
    NotAPowerOfTwo,
    WrongSize,
)
