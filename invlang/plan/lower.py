"""Running an algorithm's text on symbols: what comes out are the steps, as values."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from invlang.graph import arithmetic
from invlang.graph.apply import apply, stretched_to
from invlang.graph.arithmetic import ONE, add, divide, multiply, negate, number
from invlang.graph.functionals import Term
from invlang.graph.operators import Adjoint, Compose, Identity
from invlang.graph.values import Bundle, Iterative, Reduce, Value, variable
from invlang.plan.calculating import divided, plus, times
from invlang.plan.gradient import gradient, gram
from invlang.plan.linearised import damped_solution, gauss_newton
from invlang.plan.objective import objective_value
from invlang.plan.roles import Block, Carried, Curried, DoesNotFit, Energy, Free, Loop, Map, Role, Run, Touch, Wrapped
from invlang.plan.steps import ROUND, TURN, State
from invlang.plan.subsets import count_in
from invlang.plan.tangents import rise
from invlang.plan.turning import seen_by
from invlang.plan.turns import free_variables
from invlang.plan.vocabulary import FUNCTIONS, em_ratio, total_and_axes
from invlang.rules.inverse import Refusal, solve
from invlang.rules.proximal import constant_gradient, dual_prox, normal, prox
from invlang.syntax import tree


def run(algorithm: tree.Algorithm, names: dict[str, Any], start: Value, level: int) -> tuple[Loop, Run]:
    """Executes the algorithm's text.  names: roles and parameters;  start: the first x."""
    record = Run(level)
    env: dict[str, Any] = {**names, "x": start}
    states: tuple[State, ...] = ()
    iterate: Value | None = None
    looped = False
    touches: tuple[Touch, ...] = ()
    carried: tuple[str, ...] = ()
    for statement in algorithm.body:
        match statement:
            case tree.Assign(name, value):
                env[name.text] = evaluate(value, env, record)
            case tree.Repeat(body):
                assert not looped, f"{algorithm.name.text} has two loops"
                looped = True
                record.touches.clear()
                carried = tuple(carried_by(body, env))
                states, env = run_loop(body, env, record)
                iterate, touches = env["x"], tuple(record.touches)
    return Loop(states, stretched_to(env["x"], start.space), not looped, iterate, touches, carried), record


def run_loop(body: tuple[tree.Assign, ...], env: dict[str, Any], record: Run) -> tuple[tuple[State, ...], dict[str, Any]]:
    carried = carried_by(body, env)
    variables = {n: loop_variable(n, env[n]) for n in carried}
    inner = {**env, "k": ROUND, **variables}
    for statement in body:
        value = evaluate(statement.value, inner, record)
        inner[statement.name.text] = value
        if isinstance(value, Value) and value not in variables.values():
            record.names.append((value, statement.name.text.replace("'", "_next")))
    states = tuple(State(variables[n], env[n], stretched_to(inner.get(f"{n}'", inner[n]), variables[n].space)) for n in carried)
    return states, {**env, **variables}


def carried_by(body: tuple[tree.Assign, ...], env: dict[str, Any]) -> list[str]:
    """What a loop replaces of what there is before it."""
    assigned = dict.fromkeys(s.name.text.rstrip("'") for s in body)
    return [n for n in assigned if isinstance(env.get(n), Value | Carried)]


def loop_variable(name: str, start: Value) -> Value:
    if isinstance(start, Bundle):
        return Bundle(tuple(variable(f"{name}{i + 1}", p.space) for i, p in enumerate(start.parts)))
    return variable(name, start.space)


# ---- expressions


def evaluate(node: Any, env: dict[str, Any], record: Run) -> Any:
    match node:
        case tree.Name(text):
            if text not in env:
                raise AssertionError(f"an algorithm of the library uses `{text}`, which it does not define")
            return env[text]
        case tree.Number(text):
            return number(float(text))
        case tree.Negate(operand):
            return times(number(-1), evaluate(operand, env, record))
        case tree.Binary(operator, left, right):
            return binary(operator, evaluate(left, env, record), evaluate(right, env, record), record)
        case tree.Attribute(inner, name) if name.text == "H":
            return Map(normal(Adjoint(evaluate(inner, env, record).operator), record.level))
        case tree.Call():
            return call(node, env, record)
    raise AssertionError(f"an algorithm cannot say {type(node).__name__}")


def binary(operator: str, left: Any, right: Any, record: Run) -> Any:
    match operator:
        case "@":
            assert isinstance(left, Map)
            if isinstance(right, Map):
                return Map(normal(Compose((left.operator, right.operator)), record.level))
            if isinstance(right, Free):
                moved = None if right.offset is None else apply(left.operator, right.offset)
                return Free(Compose((left.operator, right.operator)), moved)
            return apply(left.operator, right)
        case "+":
            return plus(left, right)
        case "-":
            return plus(left, times(number(-1), right))
        case "*":
            return times(left, right)
        case "/":
            return times(divided(ONE, right), left) if isinstance(left, Role | Energy) else divided(left, right)
        case "^":
            return arithmetic.power(left, right.value)
    raise AssertionError(operator)


def call(node: tree.Call, env: dict[str, Any], record: Run) -> Any:
    if isinstance(node.function, tree.Call):
        curried = call(node.function, env, record)
        return at_point(curried, evaluate(node.arguments[0].value, env, record), record)
    assert isinstance(node.function, tree.Name)
    name = node.function.text
    if name == "argmin":
        return argmin(node.arguments[0].value, env, record)
    if name == "worst":
        return worst(evaluate(node.arguments[0].value, env, record), node.arguments[1].value, env, record)
    if name == "in_turn":
        return in_turn(node.arguments[0].value, env, record)
    arguments = [evaluate(a.value, env, record) for a in node.arguments]
    if name in env and isinstance(env[name], Role):
        return energy_of(env[name], arguments[0])
    if name in env and isinstance(env[name], Wrapped):
        return env[name].after(arguments[0])
    if name == "begun":
        return begun(arguments[0], arguments[1], record)
    if name not in FUNCTIONS and isinstance(arguments[0], Wrapped):
        return claimed(arguments[0], name, record)
    return FUNCTIONS[name](record, env, *arguments)


def begun(wrapped: Wrapped, x: Value, record: Run) -> Carried:
    """What an algorithm carries where it begins at x; what options in front carry beside it stays."""
    env: dict[str, Any] = {**wrapped.names, "x": x}
    for statement in wrapped.algorithm.body:
        if isinstance(statement, tree.Repeat):
            break
        env[statement.name.text] = evaluate(statement.value, env, record)
    names = {v: n for n, v in wrapped.called.items()}
    return Carried(tuple(env[names[s.variable]] if s.variable in names else s.variable for s in wrapped.governing))


def claimed(wrapped: Wrapped, claim: str, record: Run) -> Any:
    """What an algorithm claims of itself under a name: a formula of its numbers and of what it carries."""
    fact = next(f for f in wrapped.algorithm.facts if f.name.text == claim)
    return evaluate(fact.arguments[0].value, {**wrapped.names, **wrapped.called}, record)


def energy_of(role: Role, point: Any) -> Any:
    """f(v) inside an argmin."""
    assert isinstance(point, Free), "functionals are evaluated inside argmin only"
    return Energy(tuple(replace(t, weight=multiply(role.scale, t.weight)) for t in role.terms))


def at_point(curried: Curried, point: Value, record: Run) -> Value:
    role = curried.role
    terms, level = role.terms, record.level
    if curried.name != "prox" and terms and all(isinstance(t.operator, Block) for t in terms):
        return in_blocks(curried, point, record)
    match curried.name:
        case "grad":
            return multiply(role.scale, gradient(terms, point, level))
        case "hessian":
            hessian = gram(terms, level)
            assert hessian is not None
            return apply(hessian, point)
        case "gauss_newton":
            return gauss_newton(terms, curried.others[0], point, level)
        case "damped":
            return damped_solution(terms, curried.others[0], curried.others[1], point, level)
        case "shared":
            total, axes = total_and_axes(role)
            return multiply(divide(total, Reduce("sum", point, axes, keep=True)), point)
        case "value":
            return objective_value(terms, point, level)
        case "rise":
            return multiply(role.scale, rise(terms, curried.others[0], point, level))
        case "residual":
            (term,) = terms
            return point if term.offset is None else add(point, term.offset)
        case "em_ratio":
            return em_ratio(terms, point, level)
    return separately(role, point, record)


def in_blocks(curried: Curried, point: Value, record: Run) -> Value:
    """A gradient or a Hessian of what is left of terms after K was peeled off: of each block's term at its own part of the point."""
    role = curried.role
    peeled = [replace(t, operator=t.operator.inner) for t in role.terms]  # type: ignore[attr-defined]
    points = point.parts if isinstance(point, Bundle) else (point,)
    found = [at_point(replace(curried, role=replace(role, terms=(t,))), p, record) for t, p in zip(peeled, points, strict=True)]
    return Bundle(tuple(found)) if isinstance(point, Bundle) else found[0]


def separately(role: Role, point: Value, record: Run) -> Value:
    """A prox; one for each block where the point is a bundle that blocks of terms act on, and the point where there are no terms."""
    if not role.terms and not role.conjugate:
        return point
    blocks = isinstance(point, Bundle) and all(isinstance(t.operator, Block) for t in role.terms)
    if not blocks:
        return found(role, 0, role.terms, role.scale, point, record)
    assert isinstance(point, Bundle)
    scales = role.scale.parts if isinstance(role.scale, Bundle) else (role.scale,) * len(point.parts)
    peeled = [replace(t, operator=t.operator.inner) for t in role.terms]  # type: ignore[attr-defined]
    blocks_of = enumerate(zip(peeled, scales, point.parts, strict=True))
    return Bundle(tuple(found(role, i, (t,), s, p, record) for i, (t, s, p) in blocks_of))


def found(role: Role, index: int, terms: tuple[Term, ...], step: Value, point: Value, record: Run) -> Value:
    terms = tuple(replace(t, operator=t.operator.inner) if isinstance(t.operator, Block) else t for t in terms)
    goal = dual_prox if role.conjugate else prox
    result = goal(terms, step, point, record.level)
    if isinstance(result, Refusal):
        raise DoesNotFit(result.because)
    if result.solved is not None:
        record.keep(result.solved)
    record.proxes.append((" + ".join(t.label or t.text for t in terms), result.how))
    record.touches.append(Touch(role.terms, index, terms, step, point, result.value, role.conjugate))
    return result.value


def argmin(function: Any, env: dict[str, Any], record: Run) -> Value:
    """argmin v -> quadratic energy: its normal equations, solved by the best way there is."""
    assert isinstance(function, tree.Lambda)
    space = env["x"].space
    energy = evaluate(function.body, {**env, function.parameter.text: Free(Identity(space), None)}, record)
    assert isinstance(energy, Energy)
    squares = tuple(
        (multiply(number(2), t.weight), normal(t.operator, record.level)) for t in energy.terms if t.atom.has("quadratic")
    )
    constants = [constant_gradient(t, record.level) for t in energy.terms]
    solved = solve(squares, None, record.level)
    record.keep(solved)
    right = add(*(negate(c) for c in constants if c is not None))
    return apply(solved.operator, right)


def worst(count: Value, function: Any, env: dict[str, Any], record: Run) -> Value:
    """The largest of a number that depends on whose turn it is."""
    value = evaluate(function.body, {**env, function.parameter.text: TURN}, record)
    if TURN not in free_variables(value, {}):
        return value
    return Iterative("worst_turn", TURN, value, (), (("count", count_in(count)),), value.space)


def in_turn(function: Any, env: dict[str, Any], record: Run) -> Value:
    """Each unknown replaced by a function of it, one after the other; inside, roles are functionals of that unknown alone."""
    if not isinstance(env["x"], Bundle):
        return evaluate(function.body, {**env, function.parameter.text: env["x"]}, record)
    roles = {n: r for n, r in env.items() if isinstance(r, Role)}
    point = env["x"]
    for i in range(len(point.parts)):
        alone = {n: replace(r, terms=seen_by(r.terms, i, point, record.level)) for n, r in roles.items()}
        new = evaluate(function.body, {**env, **alone, function.parameter.text: point.parts[i]}, record)
        point = Bundle((*point.parts[:i], new, *point.parts[i + 1 :]))
    return point
