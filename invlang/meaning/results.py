"""What a signature says about the other side: the codomain from the domain, the domain from the codomain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from invlang.graph.spaces import AnySpace, Axis, Space
from invlang.meaning.meanings import AxisList, AxisRef, SizeList
from invlang.meaning.mistakes import DefinitionGives, DoNotMeet, Refused, WrongArgument, WrongSize, WrongSpace
from invlang.meaning.parameters import check_count, resolve
from invlang.meaning.shapes import Misfit, Names, axes_text, build, fit, names_in, size_from, size_of
from invlang.source import Span
from invlang.syntax import tree


def rest_of(pattern: tree.Space, labelled: Space, names: Names | None = None) -> tuple[Axis, ...]:
    """What `...` stands for: all axes but those that the pattern writes or that are acted on by name."""
    position = next((i for i, a in enumerate(pattern.axes) if isinstance(a, tree.Ellipsis_)), None)
    if position is None:
        return ()
    after = pattern.axes[position + 1 :]
    acted = (names or {}).get("axes")
    if any(isinstance(a, tree.Splat) for a in after):
        labels = {a.label for a in acted.axes} if isinstance(acted, AxisList) else set()
        return tuple(a for a in labelled.axes if a.name not in labels)
    return labelled.axes[position : len(labelled.axes) - len(after)]


def codomain_of(called: str, pattern: Any, domain_pattern: tree.Space, domain: Space, names: Names, place: Span) -> Space:
    """The codomain of a primitive on a domain."""
    splats = [a for a in pattern.axes if isinstance(a, tree.Splat)]
    if not splats:
        try:
            return build(pattern, names, rest_of(domain_pattern, domain, names))
        except Misfit as misfit:
            raise Refused(WrongSpace(place, f"what `{called}` gives", pattern.span.text, "not known", (str(misfit),))) from None
    kept = without_taken(called, domain_pattern, domain, names, place)
    return resized(called, pattern, splats[0].name.text, kept, names, place)


def without_taken(called: str, pattern: tree.Space, domain: Space, names: Names, place: Span) -> Space:
    """The domain without the axes that the operator takes away, which a signature writes in front of the named ones."""
    taken = [a.text for a in pattern.axes if isinstance(a, tree.Name)]
    end = domain.rank - len(names["axes"].axes)
    found, wanted = [a.size for a in domain.axes[max(end - len(taken), 0) : end]], [size_from(names.get(t)) for t in taken]
    if found != wanted:
        takes = ("…", *(str(w) for w in wanted), *(a.label for a in names["axes"].axes))
        raise Refused(DoNotMeet(place, None, f"`{called}`", axes_text(domain), takes))
    return replace(domain, axes=domain.axes[: end - len(taken)] + domain.axes[end:])


def resized(called: str, pattern: tree.Space, target_name: str, domain: Space, names: Names, place: Span) -> Space:
    """The domain with other sizes along the named axes, and the axes that the operator inserts before them."""
    axes, target = names["axes"], names.get(target_name)
    assert isinstance(axes, AxisList)
    if not isinstance(target, AxisList | SizeList):
        raise Refused(WrongArgument(place, f"`{called}` needs one number for each axis as `{target_name}`"))
    sizes = [a.size for a in target.axes] if isinstance(target, AxisList) else list(target.sizes)
    check_count(called, target_name, len(sizes), names, place)
    positions = [resolve(a, domain, place) for a in axes.axes]
    result = list(domain.axes)
    labels = target.labels if isinstance(target, SizeList) and target.labels else [domain.axes[p].name for p in positions]
    for position, expression, label in zip(positions, sizes, labels, strict=True):
        if expression.is_Integer and expression < 1:
            raise Refused(WrongSize(place, f"{expression}, what `{called}` would leave,", "sizes are at least 1"))
        result[position] = Axis(expression, label)
    for wanted_axis in [a for a in pattern.axes if isinstance(a, tree.Name)]:
        length = size_from(names.get(wanted_axis.text))
        if length is None:
            raise Refused(WrongArgument(place, f"nothing says how long the axis `{wanted_axis.text}` is that `{called}` makes"))
        result.insert(len(result) - len(positions), Axis(length, wanted_axis.text))
    field = pattern.field.text
    return Space(names.get("number", "real") if field == "number" else field, tuple(result))


def check_result(definition: tree.Definition, codomain: tree.Space, out: Space, names: Names) -> None:
    """What an equation gives is what the signature says, as far as it names axes."""
    named = [a for a in codomain.axes if not isinstance(a, tree.Ellipsis_ | tree.Splat)]
    loose = len(named) < len(codomain.axes)
    try:
        says = [size_of(a, names) for a in named]
    except Misfit:
        return
    gives = [a.size for a in out.axes[len(out.axes) - len(says) :]] if says else []
    fits = len(out.axes) >= len(says) if loose else len(out.axes) == len(says)
    same = fits and all(s is None or s == g for s, g in zip(says, gives, strict=False))
    wanted = names.get("number", out.field) if codomain.field.text == "number" else codomain.field.text
    if same and not (wanted == "real" and out.field == "complex"):
        return
    said = (*(("…",) if loose else ()), *(str(s) if s is not None else a.span.text for s, a in zip(says, named, strict=True)))
    assert definition.body is not None
    causes = ((codomain.span, "the signature says this"),)
    raise Refused(
        DefinitionGives(definition.body.span, definition.name.text, said, axes_text(out), (str(wanted), out.field), causes=causes)
    )


def domains_from(signature: tree.Signature, space: AnySpace, names: Names, bind_parameters: Callable[[], None]) -> list[AnySpace]:
    """Domains that would give this codomain, by the signature read backwards; whoever asks tries them."""
    if not (isinstance(space, Space) and isinstance(signature.codomain, tree.Space) and isinstance(signature.domain, tree.Space)):
        return []
    if any(isinstance(a, tree.Splat) for a in signature.codomain.axes):
        return resized_back(signature, space, names)
    same: list[AnySpace] = [space]
    try:
        labelled = fit(signature.codomain, space, names)
        bind_parameters()
        return [build(signature.domain, names, rest_of(signature.codomain, labelled)), *same]
    except (Misfit, Refused):
        return same


def resized_back(signature: tree.Signature, space: Space, names: Names) -> list[AnySpace]:
    """The domain of an operator on named axes: they get the sizes their names have, and axes that it inserts go."""
    assert isinstance(signature.codomain, tree.Space) and isinstance(signature.domain, tree.Space)
    inserted = sum(isinstance(a, tree.Name) for a in signature.codomain.axes)
    axes = names.get("axes")
    acted = len(axes.axes) if isinstance(axes, AxisList) else min(2, space.rank - inserted)
    kept = [a for i, a in enumerate(space.axes, -space.rank) if not -acted - inserted <= i < -acted]
    resizes = any(isinstance(a, tree.Splat) and a.name.text != "axes" for a in signature.codomain.axes)
    sizes = {a.label: a.size for a in axes.axes if isinstance(a, AxisRef)} if isinstance(axes, AxisList) and resizes else {}
    field = signature.domain.field.text
    found = tuple(Axis(sizes.get(a.name or "", a.size), a.name) for a in kept)
    taken = [a.text for a in signature.domain.axes if isinstance(a, tree.Name)]
    if resized_axes := [Axis(n, t) for t in taken if (n := size_from(names.get(t))) is not None]:
        found = (*found[: len(found) - acted], *resized_axes, *found[len(found) - acted :])
    return [Space(space.field if field == "number" else field, found)]


def far_side(definition: tree.Definition, names: Names, hints: tuple[AnySpace, ...]) -> None:
    """Axes of an equation's result that neither its domain nor a parameter says are those of the first unknown that fits."""
    codomain = definition.signature.codomain if isinstance(definition.signature, tree.Signature) else None
    if definition.body is None or not isinstance(codomain, tree.Space):
        return
    spaces = [p.kind for p in definition.parameters if isinstance(p.kind, tree.Space)]
    told = {*names, *(p.name.text for p in definition.parameters)}
    told |= {n.text for space in spaces for a in space.axes for n in names_in(a)}
    if all(n.text in told for a in codomain.axes for n in names_in(a)):
        return
    for hint in hints:
        found = dict(names)
        if not isinstance(hint, Space):
            continue
        try:
            found["#far"] = fit(codomain, hint, found)
        except Misfit:
            continue
        names.update(found)
        return
