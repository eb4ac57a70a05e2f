"""Every mistake of meaning, and the page that teaches about each."""

from __future__ import annotations

from invlang.meaning import mistakes_axes, mistakes_names, mistakes_problems, mistakes_spaces
from invlang.meaning.mistake import Mistake, Refused, is_in_library, listed, plural, shortened
from invlang.meaning.mistakes_axes import (
    AmbiguousAxis,
    AxisIsThere,
    DoesNotDivide,
    KernelTooLong,
    NoSuchAxis,
    NotAPowerOfTwo,
    OutsideImage,
    SpaceNotKnown,
    WrongSize,
)
from invlang.meaning.mistakes_names import (
    DeclaredBelow,
    DeclaredTwice,
    DefinedByItself,
    NotAnAdjoint,
    NotExpected,
    OperatorCalled,
    PythonFunction,
    StarBetweenOperators,
    UnknownChoice,
    UnknownName,
    WrongArgument,
)
from invlang.meaning.mistakes_problems import (
    ComplexOrder,
    EmptyInterval,
    NoSuchFile,
    NotAFunctional,
    NotALaw,
    NotAllowed,
    TooLarge,
    UnusedUnknown,
    WrongDomain,
)
from invlang.meaning.mistakes_spaces import (
    DefinitionGives,
    DoNotAdd,
    DoNotMeet,
    DoNotStretch,
    WrongField,
    WrongSpace,
)

ALL: tuple[type[Mistake], ...] = tuple(
    sorted((*mistakes_names.ALL, *mistakes_spaces.ALL, *mistakes_axes.ALL, *mistakes_problems.ALL), key=lambda kind: kind.code)
)

PAGES: dict[str, str] = {kind.code: kind.page for kind in ALL}

__all__ = [
    "ALL",
    "PAGES",
    "AmbiguousAxis",
    "AxisIsThere",
    "ComplexOrder",
    "DeclaredBelow",
    "DeclaredTwice",
    "DefinedByItself",
    "DefinitionGives",
    "DoNotAdd",
    "DoNotMeet",
    "DoNotStretch",
    "DoesNotDivide",
    "NotAPowerOfTwo",
    "OutsideImage",
    "EmptyInterval",
    "KernelTooLong",
    "Mistake",
    "NoSuchAxis",
    "NoSuchFile",
    "NotAFunctional",
    "NotALaw",
    "NotAllowed",
    "NotAnAdjoint",
    "NotExpected",
    "OperatorCalled",
    "PythonFunction",
    "Refused",
    "SpaceNotKnown",
    "StarBetweenOperators",
    "TooLarge",
    "UnknownChoice",
    "UnknownName",
    "UnusedUnknown",
    "WrongArgument",
    "WrongDomain",
    "WrongField",
    "WrongSize",
    "WrongSpace",
    "is_in_library",
    "listed",
    "plural",
    "shortened",
]
