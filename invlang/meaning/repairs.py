"""When operators do not meet: both are named as the program writes them, and simple repairs are tried out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from invlang.graph.spaces import AnySpace, Axis, Product, Space, show_size
from invlang.meaning.meanings import Affine, Causes, Curve, Declared, Mapped, Template
from invlang.meaning.mistakes import DoNotMeet, NoSuchAxis, Refused, WrongField, is_in_library, shortened
from invlang.source import Span
from invlang.syntax import tree

Attempt = tuple[str, str, Callable[[], Any]]


@dataclass(frozen=True)
class Written:
    """`left @ right` as it stands in the text.  causes: where the names in it are declared."""

    left: Any
    right: Any
    whole: Span
    causes: Callable[[Any], Causes] = lambda node: ()

    @property
    def taker(self) -> Any:
        """The factor that takes what the right gives: the last one of the left side."""
        node = self.left
        while isinstance(node, tree.Binary) and node.operator == "@":
            node = node.right
        return node

    @property
    def giver(self) -> Any:
        """The factor whose result is taken: the first one of the right side."""
        node = self.right
        while isinstance(node, tree.Binary) and node.operator == "@":
            node = node.left
        return node


def called(node: Any) -> str:
    return f"`{shortened(node.span.text)}`"


# ---- naming


def meeting(refused: Refused, left: Template, middle: AnySpace, written: Written) -> Refused:
    """The refusal of what `left` is given, told in the words of `left @ right`."""
    mistake = refused.mistake
    if not isinstance(mistake, DoNotMeet) or mistake.giver is not None:
        return refused
    causes = (*left.causes, *written.causes(written.taker))
    return Refused(named(mistake, middle, written, causes, "gives"))


def applying(refused: Refused, left: Template, space: AnySpace, written: Written) -> Refused:
    """The refusal of an array that an operator is applied to, told in the words of `left @ array`, with a repair if one fits."""
    mistake = refused.mistake
    if isinstance(mistake, DoNotMeet) and mistake.giver is None:
        causes = (*left.causes, *written.causes(written.taker), *written.causes(written.giver))
        mistake = named(mistake, space, written, causes, "is" if isinstance(written.giver, tree.Name) else "gives")
    if not isinstance(mistake, DoNotMeet | NoSuchAxis) or not left.is_linear:
        return Refused(mistake)
    text = f"{grouped(written.left)}.H @ {written.right.span.text}"
    attempt = ("the adjoint fits", text, lambda: left.on_codomain(space, written.whole))
    return repaired(Refused(mistake), [attempt], written)


def named(mistake: DoNotMeet, middle: AnySpace, written: Written, causes: Causes, verb: str) -> DoNotMeet:
    """With the names of both factors, the place from one to the other, and a crop or a pad between them where that may help."""
    span = written.taker.span.to(written.giver.span)
    taker = called(written.taker)
    remarks = mistake.remarks
    inner = mistake.taker.strip("`").partition("(")[0]
    if not taker.strip("`").startswith(inner) and isinstance(written.taker, tree.Name) and not is_in_library(span):
        remarks = (*remarks, f"inside {taker} it is {mistake.taker} that takes it")
    labels = tuple(a.name for a in middle.axes) if isinstance(middle, Space) else ()
    told = replace(
        mistake,
        span=span,
        giver=called(written.giver),
        taker=taker,
        verb=verb,
        remarks=remarks,
        labels=labels,
        causes=(*mistake.causes, *causes),
    )
    return told if told.hint else between(told, written)


def between(mistake: DoNotMeet, written: Written) -> DoNotMeet:
    """A crop or a pad between the two, where one axis has some samples too many or too few."""
    takes = mistake.takes[1:] if mistake.takes[:1] == ("…",) else mistake.takes
    if len(mistake.labels) != len(mistake.gives) or len(takes) > len(mistake.gives):
        return mistake
    pairs = zip(reversed(mistake.labels), reversed(mistake.gives), reversed(takes), strict=False)
    wrong = [(n, a, b) for n, a, b in pairs if a != b and b not in mistake.free and b not in ("…", "any")]
    if len(wrong) != 1 or not (wrong[0][1].isdigit() and wrong[0][2].isdigit()):
        return mistake
    label, has, wants = wrong[0][0], int(wrong[0][1]), int(wrong[0][2])
    if len(takes) == len(mistake.takes) != len(mistake.gives):
        return mistake
    if label is None or "°" in label or min(has, wants) < 8:
        return mistake
    piece = f"Crop({label}, size = {wants})" if has > wants else f"Pad({label}, before = 0, after = {wants - has})"
    taker, giver = written.taker.span, written.giver.span
    text = f"{taker.text} @ {piece} @ {giver.text}"
    return mistake.with_repair(f"{'crop' if has > wants else 'pad'} first: `{shortened(text, 80)}`", taker.to(giver), text)  # type: ignore[return-value]


# ---- trying


def other_ways(refused: Refused, left: Template, right: Template, space: AnySpace, written: Written) -> Refused:
    """The refusal of `left @ right` on a space, with another order or an adjoint where that fits."""
    if not left.is_linear or not right.is_linear:
        return refused
    l, r, place = written.left, written.right, written.whole
    attempts: list[Attempt] = [
        ("the other order fits", f"{grouped(r)} @ {grouped(l)}", lambda: right.on(left.on(space, place)[1], place)),
        ("the adjoint fits", f"{grouped(l)}.H @ {r.span.text}", lambda: left.on_codomain(right.on(space, place)[1], place)),
        ("the adjoint fits", f"{l.span.text} @ {grouped(r)}.H", lambda: left.on(right.on_codomain(space, place)[1], place)),
    ]
    return repaired(refused, attempts, written)


def repaired(refused: Refused, attempts: list[Attempt], written: Written) -> Refused:
    """With the first repair that fits."""
    mistake = refused.mistake
    if not isinstance(mistake, DoNotMeet | NoSuchAxis) or is_in_library(written.whole):
        return refused
    if mistake.hint and not mistake.hint.startswith(("crop", "pad")):
        return refused
    for words, text, attempt in attempts:
        try:
            attempt()
        except Refused:
            continue
        return Refused(mistake.with_repair(f"{words}: `{shortened(text, 80)}`", written.left.span.to(written.right.span), text))
    return refused


def grouped(node: Any) -> str:
    """A factor's text, in brackets where it is made of several."""
    text = node.span.text
    is_whole = text.startswith("(") and text.endswith(")") and text.count("(") == 1
    return f"({text})" if isinstance(node, tree.Binary | tree.Negate) and not is_whole else text


# ---- remarks


def axis_remark(axes: tuple[Axis, ...], others: tuple[Axis, ...], names: tuple[str, str]) -> tuple[str, ...]:
    """the axis W has 256 samples in `x` and 230 in `mask`"""
    aligned = zip(reversed(axes), reversed(others), strict=False)
    pairs = [(p, q) for p, q in aligned if p.size != q.size and 1 not in (p.size, q.size)]
    if len(pairs) != 1:
        return ()
    (p, q) = pairs[0]
    name = p.name if p.name and not p.name.endswith("°") else None
    which = f"the axis {name}" if name and p.size.is_Integer else "that axis"
    return (f"{which} has {show_size(p.size)} samples in {names[0]} and {show_size(q.size)} in {names[1]}",)


def needs_real(space: Space, what: str, place: Span) -> Refused:
    hint = "`Real @ …` keeps the real part, `abs2(…)` the squared modulus"
    return Refused(WrongField(place, what, "real", "complex", hint))


def axes_with_names(space: AnySpace) -> tuple[str, ...]:
    """The axes with the names that the program gives them: W = 64."""
    if isinstance(space, Product):
        return tuple(str(p) for p in space.parts)
    shown = [(a.name, show_size(a.size)) for a in space.axes]
    return tuple(size if name is None or name == size or "°" in name else f"{name} = {size}" for name, size in shown)


def hint_for(meaning: Any, node: Any) -> str | None:
    """What makes a number of an array that depends on the unknown."""
    if isinstance(meaning, Affine | Curve | Mapped):
        text = shortened(node.span.text)
        return f"take its norm: `sq({text})`, `norm1({text})`"
    if isinstance(meaning, Declared) and isinstance(meaning.definition, tree.Algorithm):
        return f"an algorithm is named by a clause of its own: `by {meaning.definition.name.text}`"
    if isinstance(meaning, Declared):
        return f"give it what it is to measure: `{meaning.definition.name.text}(x)`"
    if isinstance(meaning, Template):
        return f"apply it and take a norm: `sq({shortened(node.span.text)} @ x)`"
    return None
