"""Reading the statements about data and estimators: data, observe, simulate, network, reconstruct, train, evaluate."""

from __future__ import annotations

from invlang.graph.values import Value
from invlang.meaning import estimators, measurements
from invlang.meaning.curves import extent
from invlang.meaning.declarations import MOST_NODES, array_in, is_file, waiting_value
from invlang.meaning.draft import Draft
from invlang.meaning.expressions import evaluate
from invlang.meaning.files import file_of
from invlang.meaning.meanings import Array, Broken, Later
from invlang.meaning.mistakes import DeclaredBelow, DeclaredTwice, NotExpected, Refused, TooLarge, UnknownName
from invlang.meaning.synonyms import nearest
from invlang.syntax import tree


def read_data(draft: Draft, statement: tree.Data) -> None:
    read = measurements.read(statement, draft.scope, frozenset(draft.everywhere) | frozenset(draft.parameters))
    if isinstance(read, Later):
        draft.not_yet.append((statement.span, f"`{read.what}`"))
        draft.declare(statement.name, read)
        return
    measurement, meaning, law, parameters = read
    if extent(measurement.mean) > MOST_NODES:
        raise Refused(TooLarge(statement.law.span))
    if statement.name.text in draft.places:
        draft.declare(statement.name, meaning)
        return
    for known in parameters:
        draft.parameters.setdefault(known.name, known)
    draft.declare(statement.name, meaning)
    draft.names[f"~{statement.name.text}"] = law
    draft.measurements.append(measurement)


def read_observe(draft: Draft, statement: tree.Observe) -> None:
    check_known(draft, statement.name, [m.name for m in draft.measurements], "measurement")
    check_once(statement.name, [n for n, _ in draft.observed], "observed")
    draft.observed.append((statement.name.text, file_of("observe", statement.value, draft.folder, draft.allowed)))


def read_simulate(draft: Draft, statement: tree.Simulate) -> None:
    check_known(draft, statement.name, [u.name for u in draft.unknowns], "unknown")
    name = statement.name.text
    check_once(statement.name, [n for n, _ in (*draft.simulated, *draft.pictures)], "simulated")
    if statement.is_law or not (isinstance(statement.value, tree.Text) or is_file(statement.value)):
        draft.pictures.append((name, truth_of(draft, statement)))
        return
    draft.simulated.append((name, file_of("simulate", statement.value, draft.folder, draft.allowed)))


def truth_of(draft: Draft, statement: tree.Simulate) -> Value:
    """The truth that a program draws, makes, or calculates from what it knows."""
    unknown = next(u for u in draft.unknowns if u.name == statement.name.text)
    meaning = None if statement.is_law else evaluate(statement.value, draft.scope)
    if isinstance(meaning, Array):
        return array_in(statement.value, meaning, unknown.space, unknown.name, unknown.span)
    return waiting_value(draft, statement.value, unknown.space, f"truth of {unknown.name}", statement.is_law)


def check_once(name: tree.Name, earlier: list[str], how: str) -> None:
    if name.text in earlier:
        raise Refused(DeclaredTwice(name.span, name.text, how))


def check_known(draft: Draft, name: tree.Name, known: list[str], kind: str) -> None:
    """The name of a measurement, an unknown, an estimator that is declared above."""
    if name.text in known:
        return
    meaning, place = draft.names.get(name.text), draft.everywhere.get(name.text)
    if isinstance(meaning, Broken):
        raise Refused(None)
    if meaning is None and place is not None:
        raise Refused(DeclaredBelow(name.span, name.text, place, causes=((place, "declared here"),)))
    among = draft.sought if kind == "estimator" else tuple(known)
    hint = None if among else f"no {kind} is declared above"
    raise Refused(UnknownName(name.span, name.text, kind, nearest(name.text, among), among, hint))


def read_network(draft: Draft, statement: tree.Network) -> None:
    meaning = evaluate(statement.value, draft.scope)
    if not isinstance(meaning, Later):
        raise Refused(
            NotExpected(statement.value.span, f"`{statement.value.span.text}`", "a network, such as DRUNet(channels = 1)")
        )
    draft.not_yet.append((statement.span, "`network`"))
    draft.declare(statement.name, Later(statement.name.text))


def read_reconstruct(draft: Draft, statement: tree.Reconstruct) -> None:
    if draft.unknown is None and draft.is_unknown_refused:
        raise Refused(None)
    scope = draft.scope
    if statement.over is not None:
        scope = scope.inner({name: Later("minimize … over") for name in (statement.over.text, "noise")})
    estimator, not_yet = estimators.read(statement, scope, draft.unknown, tuple(draft.unknowns), tuple(draft.measurements))
    if not_yet:
        draft.not_yet.append((statement.span, not_yet))
    if statement.name.text not in draft.places:
        draft.estimators.append(estimator)
    draft.declare(statement.name, estimator)


def read_train(draft: Draft, statement: tree.Train) -> None:
    check_known(draft, statement.name, [e.name for e in draft.estimators], "estimator")
    draft.not_yet.append((statement.span, "`train`"))


def read_evaluate(draft: Draft, statement: tree.Evaluate) -> None:
    refused = False
    for name in statement.names:
        try:
            check_known(draft, name, [e.name for e in draft.estimators], "estimator")
        except Refused as mistake:
            draft.refuse(mistake.mistake)
            refused = True
    evaluation = estimators.read_evaluate(statement, draft.refuse)
    if not refused:
        draft.evaluations.append(evaluation)
