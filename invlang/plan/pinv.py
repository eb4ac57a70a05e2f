"""Pseudo-inverses: least-squares solutions of smallest norm."""

from __future__ import annotations

from invlang.graph.apply import apply
from invlang.graph.arithmetic import multiply, reciprocal
from invlang.graph.operators import Adjoint, Compose, Diagonal, Identity, Leaf, Operator, Sum, Zero
from invlang.graph.spaces import Axis, Space, parts_of
from invlang.graph.values import Call, Iterative, Value, variable
from invlang.rules.facts import claims, is_unitary, keeps_real, scaled_identity
from invlang.rules.inverse import Refusal, invert
from invlang.rules.matrices import rows_and_columns
from invlang.rules.proximal import normal
from invlang.rules.simplify import simplify

ROUNDS = 100


def pseudo_inverse(operator: Operator, data: Value, level: int = 2) -> Value:
    """A⁺ y: by the spectrum where A is diagonal in one basis, by the adjoint where A Aᴴ = c I, else by conjugate gradients."""
    back = normal(Adjoint(operator), level)
    if level:
        closed = inverted_spectrum(operator)
        if closed is not None:
            return apply(closed, data)
        for product in (Compose((operator, Adjoint(operator))), Compose((Adjoint(operator), operator))):
            scale = scaled_identity(simplify(product))
            if scale is not None:
                return multiply(reciprocal(scale), apply(back, data))
        small = invert(simplify(Compose((operator, Adjoint(operator)))), certain=False)
        if not isinstance(small, Refusal):  # A⁺ = Aᴴ (A Aᴴ)⁺
            return apply(back, apply(small[0], data))
        square = invert(simplify(Compose((Adjoint(operator), operator))), certain=False)
        if not isinstance(square, Refusal):  # A⁺ = (Aᴴ A)⁺ Aᴴ
            return apply(square[0], apply(back, data))
    gram = normal(Compose((Adjoint(operator), operator)), level)
    probe = variable("v", operator.domain)
    rank = tuple(p.rank for p in parts_of(operator.domain))
    options = (("iterations", ROUNDS), ("rank", rank[0] if len(rank) == 1 else rank), ("singular", True))
    body = apply(gram, probe)
    return Iterative("conjugate_gradient", probe, body, (apply(back, data),), options, operator.domain)  # type: ignore[arg-type]


def inverted_spectrum(operator: Operator) -> Operator | None:
    """A⁺ for A = L D R with isometries around a diagonal: Rᴴ D⁺ Lᴴ; None where A has another form."""
    match operator:
        case Identity():
            return operator
        case Zero(from_, to):
            return Zero(to, from_)
        case Diagonal(value, space):
            return Diagonal(Call("functionals", "reciprocal_or_zero", (value,), (), value.space), space)
        case Leaf() if claims(operator, "isometry") or claims(operator, "coisometry"):
            return operator.flipped
        case Leaf() if claims(operator, "matrix"):
            return pseudo_inverse_of_matrix(operator)
        case Sum(((c, inner),)):
            found = inverted_spectrum(inner)
            return None if found is None else simplify(Sum(((reciprocal(c), found),)))
        case Compose(factors):
            return inverted_product(factors)
    return None


def pseudo_inverse_of_matrix(leaf: Leaf) -> Leaf:
    """M⁺, along the same axis."""
    matrix = leaf.argument("matrix")
    rows, columns = rows_and_columns(leaf)
    inverted = Call("dense", "pseudo_inverse", (matrix,), (), Space(matrix.space.field, (Axis(columns), Axis(rows))))
    arguments = tuple((n, inverted if n == "matrix" else v) for n, v in leaf.arguments)
    return Leaf(leaf.primitive, arguments, leaf.to, leaf.of, leaf.adjoint)


def inverted_product(factors: tuple[Operator, ...]) -> Operator | None:
    """Unitary factors turn around; Real X Complex where X keeps real images real; one core is inverted."""
    first, last = factors[0], factors[-1]
    core = [f for f in factors if not is_unitary(f)]
    real_ends = isinstance(first, Leaf) and isinstance(last, Leaf) and first is last.flipped and not last.adjoint
    if real_ends and claims(last, "embedding"):  # type: ignore[arg-type]
        middle = factors[1:-1]
        if keeps_real(middle):
            inner = inverted_product(middle)
            return None if inner is None else simplify(Compose((first, inner, last)))
    if len(core) == 1:
        position = factors.index(core[0])
        inner = inverted_spectrum(core[0])
        if inner is None:
            return None
        turned = tuple(simplify(Adjoint(f)) for f in factors)
        return simplify(Compose((*reversed(turned[position + 1 :]), inner, *reversed(turned[:position]))))
    return None
