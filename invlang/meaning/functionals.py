"""From expressions of the unknown to terms of an objective: primitive functionals, sums, and what no primitive names."""

from __future__ import annotations

from typing import Any

from invlang.graph import arithmetic
from invlang.graph.functionals import Atom, SmoothAtom, Term
from invlang.graph.operators import Identity
from invlang.graph.several import selector
from invlang.graph.spaces import Space
from invlang.graph.values import Bundle, Number, Reduce, Value
from invlang.meaning import functions, library
from invlang.meaning.arguments import Evaluate, Given, bind, parameter_list
from invlang.meaning.calculation import stretched
from invlang.meaning.curves import as_curve, is_smooth, variables_in
from invlang.meaning.meanings import Affine, Array, Curve, Declared, Interval, Later, Mapped, Template, Terms, describe, nameless
from invlang.meaning.mistakes import ComplexOrder, DoNotStretch, NotAFunctional, NotExpected, Refused, WrongArgument, shortened
from invlang.meaning.operator_calls import default_of, fit_parameter
from invlang.meaning.parameters import fit_space
from invlang.meaning.primitives import formula, functional_of
from invlang.meaning.scope import Scope, Unknown
from invlang.meaning.shapes import Names, axes_text
from invlang.source import Span
from invlang.syntax import tree

UNKNOWN = (Affine, Curve, Mapped)


def primitive_functional(name: str) -> Any:
    """The library's primitive functional of that name."""
    definition = library.definition(name)
    assert isinstance(definition, tree.Definition), name
    return functional_of(definition)


def atom_term(name: str, argument: Affine, arguments: tuple[tuple[str, Any], ...] = ()) -> Terms:
    """One term: the library's primitive functional of that name, of an affine map of the unknown."""
    atom = Atom(primitive_functional(name), arguments, argument.space)
    return Terms((Term(arithmetic.ONE, atom, argument.operator, argument.offset, label=name),))


def call_functional(declared: Declared, arguments: tuple[Given, ...], span: Span, scope: Scope, evaluate: Evaluate) -> Any:
    """A primitive functional of what depends on the unknown is a term; of a known array it is a number."""
    definition = declared.definition
    assert isinstance(definition, tree.Definition)
    name = definition.name.text
    if name == "norm2" and any(a.name == "axis" for a in arguments):
        return norm_over_axis(arguments, span)
    bound = bind(definition, arguments, span)
    point = point_of(definition, bound, span)
    argument = bound[point].meaning
    if isinstance(argument, Later):
        return argument
    if not isinstance(argument, Array | Affine | Curve | Mapped):
        hint = f"apply it first: `{name}({shortened(bound[point].span.text)} @ x)`" if isinstance(argument, Template) else None
        raise Refused(NotExpected(bound[point].span, describe(argument), f"an array for `{name}`", hint))
    check_field(definition, point, argument, bound[point].span)
    others = [p for p in definition.parameters if p.name.text != point]
    check_shapes(definition, point, bound, span)
    if any(isinstance(bound[p.name.text].meaning, UNKNOWN) for p in others if p.name.text in bound):
        bound = {
            n: Given(n, as_curve(g.meaning) if isinstance(g.meaning, UNKNOWN) else g.meaning, g.span) for n, g in bound.items()
        }
        argument = as_curve(argument)
    rest = tuple((p.name.text, plain_argument(definition, bound, p, declared.scope, argument, evaluate)) for p in others)
    if isinstance(argument, Affine):
        atom = Atom(functional_of(definition), rest, argument.space)
        return Terms((Term(arithmetic.ONE, atom, argument.operator, argument.offset, label=name, span=span),))
    value = as_curve(argument).value
    result = value_of(definition, point, value, rest, argument.space, declared.scope, evaluate)
    return Array(result, Space("real")) if isinstance(argument, Array) else functional_of_curve(result, span, name, scope.unknown)


def point_of(definition: tree.Definition, bound: dict[str, Given], span: Span) -> str:
    """The parameter that stands for the point, x; of a symmetric functional the argument that depends on the unknown."""
    names = [p.name.text for p in definition.parameters]
    point = "x" if "x" in names else names[0]
    for name in names:
        missing = next(p for p in definition.parameters if p.name.text == name).default is None and name not in bound
        if missing:
            raise Refused(
                WrongArgument(span, f"`{definition.name.text}` needs its argument `{name}`", parameter_list(definition))
            )
    if any(f.name.text == "symmetric" for f in definition.facts) and not isinstance(bound[point].meaning, UNKNOWN):
        other = next(n for n in names if n != point)
        bound[point], bound[other] = bound[other], bound[point]
    return point


def check_field(definition: tree.Definition, point: str, argument: Any, span: Span) -> None:
    kind = next(p.kind for p in definition.parameters if p.name.text == point)
    if isinstance(kind, tree.Space) and kind.field.text == "real" and functions.is_complex_meaning(argument):
        raise Refused(ComplexOrder(span, f"`{definition.name.text}`"))


def check_shapes(definition: tree.Definition, point: str, bound: dict[str, Given], span: Span) -> None:
    """Arrays with a shape of their own, as `means : real[K, n]`, have it, with the sizes that the point and each other tell."""
    names: Names = {}
    own = [p for p in definition.parameters if has_own_shape(p) and p.name.text in bound]
    for parameter in [p for p in definition.parameters if own and p.name.text == point] + own:
        given = bound[parameter.name.text]
        if isinstance(given.meaning, UNKNOWN):
            fit_space(definition.name.text, parameter, given, names, span)
        else:
            fit_parameter(definition.name.text, parameter, given, names, span)


def has_own_shape(parameter: tree.Parameter) -> bool:
    """Whether an array is of that rank and no other: it does not stretch to the point's shape."""
    kind = parameter.kind
    loose = (tree.Ellipsis_, tree.Splat)
    return isinstance(kind, tree.Space) and bool(kind.axes) and not any(isinstance(a, loose) for a in kind.axes)


def norm_over_axis(arguments: tuple[Given, ...], span: Span) -> Any:
    """norm2(x, axis = …): the length of the vectors along an axis."""
    positional = [a for a in arguments if a.name is None]
    if len(positional) != 1 or len(arguments) != 2:
        raise Refused(WrongArgument(span, "`norm2` over an axis takes an array and the axis", "x, axis"))
    argument = positional[0].meaning
    if isinstance(argument, Later):
        return argument
    axes = functions.axes_argument({a.name: a for a in arguments if a.name}, argument, span)
    assert axes is not None
    if isinstance(argument, Array):
        return functions.reduce_array("norm2_over", argument, axes)
    if not isinstance(argument, UNKNOWN):
        raise Refused(NotExpected(positional[0].span, describe(argument), "an array"))
    kept = tuple(a for i, a in enumerate(argument.space.axes, -argument.space.rank) if i not in axes)
    inner = as_curve(argument) if isinstance(argument, Mapped) else argument
    return Mapped("norm2", inner, axes, Space("real", kept))


def plain_argument(
    definition: tree.Definition, bound: dict[str, Given], parameter: tree.Parameter, scope: Scope, point: Any, evaluate: Evaluate
) -> Any:
    """An argument of a primitive functional as plain data: positions of axes, a number, an array."""
    name = parameter.name.text
    if name not in bound:
        meaning = default_of(parameter, scope, evaluate)
        return meaning.value if isinstance(meaning, Array) else meaning
    given = bound[name]
    if name == "axis":
        labels = functions.axis_labels(given.meaning, given.span)
        return tuple(sorted(functions.position_of(label, point.space, given.span) for label in labels))
    if isinstance(given.meaning, Interval):
        return given.meaning
    if not isinstance(given.meaning, Array | Curve):
        raise Refused(
            NotExpected(given.span, describe(given.meaning), f"a number or an array as `{name}` of `{definition.name.text}`")
        )
    if has_own_shape(parameter):
        return given.meaning.value
    if isinstance(given.meaning.space, Space) and isinstance(point.space, Space) and given.meaning.space.rank:
        space = stretched(point.space, given.meaning.space, given.span)
        if space.axes != point.space.axes:
            raise Refused(DoNotStretch(given.span, axes_text(point.space), axes_text(given.meaning.space)))
    return given.meaning.value


def value_of(
    definition: tree.Definition, point: str, value: Value, rest: tuple, space: Any, scope: Scope, evaluate: Evaluate
) -> Value:
    """The declared value formula at a value."""
    if isinstance(value, Bundle):
        parts = zip(value.parts, space.parts, strict=True)
        values = [value_of(definition, point, v, part_of(rest, i), s, scope, evaluate) for i, (v, s) in enumerate(parts)]
        return arithmetic.add(*values)
    has = formula(definition, "value")
    assert has is not None, definition.name.text
    names: dict[str, Any] = {point: Array(value, space)}
    for name, v in rest:
        names[name] = nameless(v) if isinstance(v, Value) else v
    return evaluate(has.value, scope.inner(names).with_unknown(None)).value


def part_of(rest: tuple, i: int) -> tuple:
    """The other arguments for the i-th part of data of several parts."""
    return tuple((n, v.parts[i] if isinstance(v, Bundle) else v) for n, v in rest)


def reduce_unknown(name: str, argument: Any, axes: Any, span: Span, scope: Scope) -> Any:
    """sum and mean of what depends on the unknown: the ends of functionals."""
    if isinstance(argument, Terms | Later):
        return argument
    if not isinstance(argument, UNKNOWN) or not isinstance(argument.space, Space):
        raise Refused(NotExpected(span, describe(argument), f"an array for `{name}`"))
    if axes is not None:
        inner = as_curve(argument)
        value = Reduce(name, inner.value, axes)
        kept = tuple(a for i, a in enumerate(inner.space.axes, -inner.space.rank) if i not in axes)
        return Curve(
            value, Space(value.space.field, kept)
        )  # named as here: values are shared by programs that name axes otherwise
    if name == "sum" and isinstance(argument, Mapped) and isinstance(argument.argument, Affine):
        return recognised(argument)
    if name == "sum" and isinstance(argument, Affine) and argument.space.field != "complex":
        return atom_term("inner", argument, (("c", Number(1)),))
    curve = as_curve(argument)
    value = Reduce(name, curve.value, functions.all_axes(curve.space)) if curve.space.rank else curve.value
    if value.space.field == "complex":
        raise Refused(NotAFunctional(span, "a complex number", "take its modulus or its real part"))
    return functional_of_curve(value, span, name, scope.unknown)


def recognised(mapped: Mapped) -> Terms:
    """sum(abs(v)), sum(abs2(v)) and sum(norm2(v, axis)) by their names."""
    assert isinstance(mapped.argument, Affine)
    if mapped.function == "norm2":
        return atom_term("norm21", mapped.argument, (("axis", mapped.axes),))
    return atom_term({"abs": "norm1", "abs2": "sq"}[mapped.function], mapped.argument)


def functional_of_curve(value: Value, span: Span, label: str, unknown: Unknown | None) -> Terms:
    """A functional that no primitive names: a smooth one can still be minimised by its gradient."""
    variables = variables_in(value)
    assert unknown is not None, "what depends on an unknown is read where there is one"
    if len(variables) != 1:
        whole = SmoothAtom(unknown.variable, value, unknown.space, is_smooth(value))
        return Terms((Term(arithmetic.ONE, whole, Identity(unknown.space), None, label=label, span=span),))
    (variable,) = variables
    parts = unknown.variable.parts if isinstance(unknown.variable, Bundle) else (unknown.variable,)
    assert variable in parts, variable
    operator = selector(tuple(p.space for p in parts), parts.index(variable))
    atom = SmoothAtom(variable, value, variable.space, is_smooth(value))
    return Terms((Term(arithmetic.ONE, atom, operator, None, label=label, span=span),))
