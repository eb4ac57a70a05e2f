"""Working out what the program only names: operators applied to values, with their laws."""

from __future__ import annotations

from dataclasses import replace

from invlang.graph.apply import apply
from invlang.graph.arithmetic import ONE, pointwise
from invlang.graph.functionals import Atom, SmoothAtom, Term
from invlang.graph.operators import Compose, Diagonal, Identity, Leaf, Operator, PseudoInverse, Sum, children_of, with_children
from invlang.graph.program import EstimatorOf, Measurement, Program
from invlang.graph.values import Aligned, Applied, Apply, Bundle, Call, Iterative, Pointwise, Random, Reduce, Value
from invlang.plan.linearised import residual_of
from invlang.plan.pinv import pseudo_inverse
from invlang.rules.derivative import depends
from invlang.rules.proximal import normal


def resolved(program: Program, level: int) -> Program:
    """The same program with every operator that is applied somewhere worked out."""
    return replace(
        program,
        measurements=tuple(measurement(m, level) for m in program.measurements),
        operators=tuple(replace(o, operator=in_operator(o.operator, level)) for o in program.operators),
        maps=tuple(replace(m, value=resolve(m.value, level)) for m in program.maps),
        estimators=tuple(estimator(e, level) for e in program.estimators),
    )


def measurement(m: Measurement, level: int) -> Measurement:
    offset = None if m.offset is None else resolve(m.offset, level)
    operator = None if m.operator is None else in_operator(m.operator, level)
    return replace(m, operator=operator, offset=offset, mean=resolve(m.mean, level), sample=resolve(m.sample, level))


def estimator(e: EstimatorOf, level: int) -> EstimatorOf:
    expression = None if e.expression is None else resolve(e.expression, level)
    start = tuple(None if s is None else resolve(s, level) for s in e.start)
    inner = tuple((v, resolve(s, level)) for v, s in e.inner)
    return replace(e, expression=expression, start=start, inner=inner, terms=tuple(term(t, level) for t in e.terms))


def term(t: Term, level: int) -> Term:
    offset = None if t.offset is None else resolve(t.offset, level)
    operator = in_operator(t.operator, level)
    return replace(t, weight=resolve(t.weight, level), offset=offset, atom=atom(t.atom, level), operator=operator)


def atom(a: Atom | SmoothAtom, level: int) -> Atom | SmoothAtom:
    if isinstance(a, SmoothAtom):
        return replace(a, value=resolve(a.value, level), within=within_modulus(a, level))
    return replace(a, arguments=tuple((n, resolve(v, level) if isinstance(v, Value) else v) for n, v in a.arguments))


def within_modulus(atom: SmoothAtom, level: int) -> Operator | None:
    """A, of an expression w ‖|A x| − a‖²; None of any other."""
    found = residual_of(Term(ONE, atom, Identity(atom.space)))
    if found is None or not isinstance(found[1], Pointwise):
        return None
    sides = found[1].operands if found[1].function == "add" else (found[1],)
    moving = [s for s in sides if depends(resolve(s, level), atom.variable)]
    match moving:
        case [Pointwise("abs", (Applied(operator, operand),))] if operand is atom.variable:
            return in_operator(operator, level)
        case [Pointwise("abs", (operand,))] if operand is atom.variable:
            return Identity(atom.space)
    return None


def resolve(value: Value, level: int) -> Value:
    match value:
        case Applied(operator, operand):
            return worked_out(in_operator(operator, level), resolve(operand, level), level)
        case Pointwise(function, operands):
            return pointwise(function, *(resolve(o, level) for o in operands))
        case Apply(leaf, operand):
            return Apply(in_operator(leaf, level), resolve(operand, level))  # type: ignore[arg-type]
        case Reduce(function, operand, axes, keep):
            return Reduce(function, resolve(operand, level), axes, keep)
        case Aligned(operand, axis):
            return Aligned(resolve(operand, level), axis)
        case Call() | Random():
            return replace(value, operands=tuple(resolve(o, level) for o in value.operands))
        case Iterative():
            operands = tuple(resolve(o, level) for o in value.operands)
            return replace(value, body=resolve(value.body, level), operands=operands)
        case Bundle(parts):
            return Bundle(tuple(resolve(p, level) for p in parts))
    return value


def in_operator(operator: Operator, level: int) -> Operator:
    """The operator with the arrays that it is made of worked out."""
    match operator:
        case Diagonal(value, space):
            return Diagonal(resolve(value, level), space)
        case Leaf():
            arguments = tuple((n, resolve(v, level) if isinstance(v, Value) else v) for n, v in operator.arguments)
            return replace(operator, arguments=arguments)
        case Sum(terms):
            return Sum(tuple((resolve(c, level), in_operator(t, level)) for c, t in terms))
    return with_children(operator, tuple(in_operator(c, level) for c in children_of(operator)))


def worked_out(operator: Operator, operand: Value, level: int) -> Value:
    """operator · operand; a pseudo-inverse in a product is applied by itself."""
    match operator:
        case PseudoInverse(inner):
            return pseudo_inverse(normal(inner, level), operand, level)
        case Compose(factors) if contains_pseudo_inverse(operator):
            for factor in reversed(factors):
                operand = worked_out(factor, operand, level)
            return operand
    return apply(normal(operator, level), operand)


def contains_pseudo_inverse(operator: Operator) -> bool:
    return isinstance(operator, PseudoInverse) or any(map(contains_pseudo_inverse, children_of(operator)))
