"""The constructs of the language that build operators, arrays and data terms: Diagonal, Stack, pinv, fidelity …"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from invlang.graph import arithmetic
from invlang.graph.spaces import Axis, Space, numeric
from invlang.graph.values import Call
from invlang.meaning import arrays, camera_arrays, channels
from invlang.meaning.arguments import Evaluate, arguments_of, declarations_in, told_at_call
from invlang.meaning.combinators import block_diagonal, compose, pseudo_inverse, row, stack
from invlang.meaning.fixed_points import build_fixed_point
from invlang.meaning.infima import build_infimum
from invlang.meaning.meanings import (
    Affine,
    Array,
    AxisList,
    AxisRef,
    Broken,
    Curve,
    Declared,
    Function,
    Later,
    LawCall,
    Template,
    Terms,
    Word,
    describe,
)
from invlang.meaning.mistakes import (
    DeclaredBelow,
    NotAFunctional,
    NotExpected,
    Refused,
    UnknownName,
    WrongArgument,
    is_in_library,
    shortened,
)
from invlang.meaning.numbers import as_array
from invlang.meaning.operator_calls import call_operator
from invlang.meaning.primitives import formula, text_of
from invlang.meaning.repairs import Written
from invlang.meaning.scope import Scope
from invlang.meaning.shapes import size_from
from invlang.meaning.synonyms import nearest
from invlang.meaning.templates import diagonal, identity, scalar
from invlang.source import Span
from invlang.syntax import tree

Build = Callable[[tree.Call, Scope, Evaluate], Any]


def build_diagonal(node: tree.Call, scope: Scope, evaluate: Evaluate) -> Template:
    """Diagonal(d): x ↦ d ⊙ x"""
    array = one_argument(node, scope, evaluate)
    if not isinstance(array, Array) or not isinstance(array.space, Space):
        hint = "an operator is made from what is known; arrays are multiplied with `*`"
        hint = "an operator needs no `Diagonal`" if isinstance(array, Template) else hint
        raise Refused(NotExpected(node.arguments[0].value.span, describe(array), "a known array for `Diagonal`", hint))
    if arithmetic.is_scalar(array.value):
        return scalar(array.value)
    return diagonal(array, node.span, declarations_in(node, scope))


def build_identity(node: tree.Call, scope: Scope, evaluate: Evaluate) -> Template:
    if node.arguments:
        raise Refused(WrongArgument(node.span, "`Identity` takes no arguments"))
    return identity()


def one_argument(node: tree.Call, scope: Scope, evaluate: Evaluate) -> Any:
    if len(node.arguments) != 1 or node.arguments[0].name is not None:
        raise Refused(WrongArgument(node.span, f"`{node.function.span.text}` takes one argument"))
    return as_array(evaluate(node.arguments[0].value, scope))


def build_parts(
    builder: Callable[[list[Template], Span], Template], node: tree.Call, scope: Scope, evaluate: Evaluate
) -> Template:
    """Stack(A, B), Row(A, B), BlockDiagonal(A, B)"""
    parts = [operator_in(a.value, scope, evaluate) for a in node.arguments]
    named = next((a for a in node.arguments if a.name is not None), None)
    if not parts or named is not None:
        raise Refused(WrongArgument(node.span, f"`{node.function.span.text}` takes operators: at least one, without names"))
    return builder(parts, node.span)


def operator_in(node: Any, scope: Scope, evaluate: Evaluate) -> Template:
    meaning = evaluate(node, scope)
    if isinstance(meaning, Declared):
        meaning = call_operator(meaning, (), node.span, evaluate, scope)
    if not isinstance(meaning, Template):
        hint = "an array acts as an operator as `Diagonal(…)`" if isinstance(meaning, Array) else None
        raise Refused(NotExpected(node.span, describe(meaning), "an operator", hint))
    return meaning


def build_pinv(node: tree.Call, scope: Scope, evaluate: Evaluate) -> Template:
    """pinv(A): the least-squares solution of smallest norm."""
    one_argument(node, scope, evaluate)
    return pseudo_inverse(operator_in(node.arguments[0].value, scope, evaluate), node.span, scope.hints)


def build_fidelity(node: tree.Call, scope: Scope, evaluate: Evaluate) -> Terms | Later:
    """fidelity(y): −log p(y | ·) of the law that y was declared with, without its constant."""
    written = node.arguments[0].value if len(node.arguments) == 1 else None
    if not isinstance(written, tree.Name):
        raise Refused(WrongArgument(node.span, "`fidelity` takes the name of one measurement, such as `fidelity(y)`"))
    law = law_named(written, scope)
    has = formula(law.definition, "fidelity")
    if has is None:
        instead = text_of(law.definition, "instead")
        hint = f"say `data {written.text} ~ {instead}`" if instead else None
        found = f"the law `{law.definition.name.text}`, which has none"
        raise Refused(NotExpected(node.span, found, "a law with a fidelity", hint))
    inner = {**law_names(law), has.parameters[0].text: scope.find(written.text)}
    try:
        result = evaluate(has.value, law.scope.called_from(scope, inner))
    except Refused as refused:
        raise told_at_call(refused, law.definition, {}, node.span) from None
    if isinstance(result, Array):
        hint = "the mean of this measurement does not depend on an unknown"
        raise Refused(NotAFunctional(node.span, "the same for every image", hint))
    if isinstance(result, Later):
        return result
    assert isinstance(result, Terms), law.definition.name.text
    label = f"fidelity({written.text})"
    return Terms(tuple(replace(t, source="data", text=node.span.text, label=label, span=node.span) for t in result.terms))


def law_named(written: tree.Name, scope: Scope) -> LawCall:
    law = scope.find(f"~{written.text}")
    if isinstance(law, LawCall):
        return law
    meaning, place = scope.find(written.text), scope.place_of(written.text)
    if isinstance(meaning, Broken):
        raise Refused(None)
    names = tuple(sorted(n[1:] for n in scope.known_names() if n.startswith("~") and isinstance(scope.find(n), LawCall)))
    if meaning is not None:
        causes = ((place, "declared here"),) if place else ()
        hint = f"the measurements are {', '.join(names)}" if names else "declare one: `data y ~ Normal(A @ x, sigma = 0.02)`"
        found = f"`{shortened(written.text)}`, {describe(meaning)}"
        raise Refused(NotExpected(written.span, found, "the name of a measurement", hint, causes=causes))
    if place is not None:
        raise Refused(DeclaredBelow(written.span, written.text, place, causes=((place, "declared here"),)))
    raise Refused(UnknownName(written.span, written.text, "measurement", nearest(written.text, names), names))


def law_names(law: LawCall) -> dict[str, Any]:
    """The parameters of a noise law by name, its mean included."""
    return {law.definition.parameters[0].name.text: law.mean, **dict(law.parameters)}


def build_array(builder: arrays.Builder, node: tree.Call, scope: Scope, evaluate: Evaluate) -> Any:
    """A kernel, a mask, a spectrum."""
    for argument in node.arguments:
        if isinstance(argument.value, tree.Name) and scope.place_of(argument.value.text) is not None:
            evaluate(argument.value, scope)
    check_needs(node, scope, evaluate)
    try:
        result = arrays.build(builder, node, scope, evaluate)
    except Refused as refused:
        raise at_argument(refused, node) from None
    unknown = next((a for a in node.arguments if isinstance(scope.find(a.value.span.text), Affine | Curve)), None)
    if unknown is not None:
        raise Refused(NotExpected(unknown.value.span, "what depends on the unknown", "something known"))
    return result


NEEDS: dict[str, tuple[str, ...]] = {
    "spectrum": ("an array", "axes"),
    "laplacian": ("axes", "a boundary"),
    "modulation": ("axes", "offset"),
    "comb": ("axes", "factor"),
    "fold_mean": ("an array", "axes", "factor"),
    "sample_index": ("an array",),
    "bayer": ("axes",),
    "inner_differences": ("axes",),
    "sum_along": ("an array", "two sizes"),
    "transpose": ("an array",),
    "hadamard_order": ("axes", "count"),
    "mask_of": ("an array", "axes"),
    "antialiasing": ("axes", "factor"),
    "mean_weights": ("axes",),
    "level_weights": ("axes", "levels"),
    "unfold": ("two arrays", "ridge"),
    "ramp_taps": ("a size", "a window"),
}


def check_needs(node: tree.Call, scope: Scope, evaluate: Evaluate) -> None:
    """The arrays that the library's equations are made of, in an equation of the user's: each gets what it is made from."""
    name = node.function.text  # type: ignore[union-attr]
    if is_in_library(node.span) or name not in NEEDS:
        return
    given = arguments_of(node, scope, evaluate)
    meanings = [g.meaning for g in given if g.name is None]
    axes = [a for m in meanings for a in (m.axes if isinstance(m, AxisList) else (m,)) if isinstance(a, AxisRef)]
    held = [m for m in meanings if isinstance(m, Array) and isinstance(m.space, Space) and m.space.rank]
    has = {
        "an array": len(held) == 1 and (name != "spectrum" or held[0].space.rank == len(axes)),
        "axes": bool(axes),
        **{word: any(g.name == word for g in given) for word in ("factor", "offset", "levels", "ridge")},
        "two arrays": len(held) == len(meanings) == 2,
        "a size": size_from(meanings[0]) is not None if meanings else False,
        "a window": len(meanings) == 2 and isinstance(meanings[1], Word),
        "count": any(g.name == "count" for g in given) and any(g.name == "ordering" for g in given),
        "a boundary": any(Word(w) in meanings for w in ("circular", "neumann", "dirichlet")),
        "two sizes": len(meanings) == 3 and all((s := size_from(m)) is not None and s.is_Integer for m in meanings[1:2]),
    }
    if not all(has[what] for what in NEEDS[name]) or len(set(a.label for a in axes)) < len(axes):
        raise Refused(WrongArgument(node.span, f"`{name}` needs other arguments than these", ", ".join(NEEDS[name])))


def at_argument(refused: Refused, node: tree.Call) -> Refused:
    """A mistake about an argument's name, at that name."""
    mistake = refused.mistake
    if not isinstance(mistake, WrongArgument) or mistake.span != node.span:
        return refused
    names = [a.name for a in node.arguments if a.name is not None and f"called `{a.name.text}`" in mistake.what]
    return Refused(replace(mistake, span=names[0].span)) if names else Refused(replace(mistake, close=None))


def build_chain(node: tree.Call, scope: Scope, evaluate: Evaluate) -> Template:
    """Chain(a, v -> A): the operators of the function, one for each entry of a's first axis, the first of them applied first."""
    if len(node.arguments) != 2 or any(a.name is not None for a in node.arguments):
        raise Refused(WrongArgument(node.span, "`Chain` takes an array and a function that makes an operator of an entry"))
    array, function = (as_array(evaluate(a.value, scope)) for a in node.arguments)
    if not isinstance(array, Array) or not isinstance(array.space, Space) or not array.space.rank:
        raise Refused(NotExpected(node.arguments[0].span, describe(array), "an array with an entry for each operator"))
    first: Any = array.space.axes[0].size
    if not first.is_Integer or first > LONGEST:
        wanted = f"a number that is written down, at most {LONGEST}: it says how many operators there are"
        raise Refused(NotExpected(node.arguments[0].span, f"an array of {first} entries", wanted))
    if not isinstance(function, Function):
        raise Refused(
            NotExpected(node.arguments[1].span, describe(function), "a function, such as `d -> Fourier(H, W) @ Diagonal(d)`")
        )
    chained: Template | None = None
    for i in range(int(first)):
        inner = function.scope.inner({function.definition.parameter.text: entry_of(array, i)})
        layer = operator_in(function.definition.body, inner, evaluate)
        written = Written(node.arguments[1].value, node.arguments[1].value, node.span)
        chained = layer if chained is None else compose(layer, chained, written)
    assert chained is not None
    return chained


LONGEST = 64


def entry_of(array: Array, index: int) -> Array:
    space = Space(array.space.field, tuple(Axis(a.size) for a in array.space.axes[1:]))
    options = (("axis", -array.space.rank), ("index", index))
    return Array(Call("channels", "entry", (array.value,), options, numeric(space)), space)


BUILDERS: dict[str, Build] = {
    "Chain": build_chain,
    "Diagonal": build_diagonal,
    "Identity": build_identity,
    "Stack": partial(build_parts, stack),
    "Row": partial(build_parts, row),
    "BlockDiagonal": partial(build_parts, block_diagonal),
    "fidelity": build_fidelity,
    "fixed_point": build_fixed_point,
    "infimum": build_infimum,
    "pinv": build_pinv,
    "Repeat": lambda node, scope, evaluate: channels.build_repeat(node, scope),
    "Sum": lambda node, scope, evaluate: channels.build_sum(node, scope),
    "Weigh": channels.build_weigh,
    "Dense": channels.build_dense,
    **{name: partial(build_array, builder) for name, builder in (arrays.BUILDERS | camera_arrays.BUILDERS).items()},
}
