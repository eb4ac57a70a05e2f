"""From the tree of a program to the program: names, sizes and spaces resolved, every mistake of meaning at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from invlang.diagnostics import Diagnostic
from invlang.graph.operators import Identity, values_in
from invlang.graph.program import NamedMap, NamedOperator, Program
from invlang.graph.spaces import Space
from invlang.graph.values import Bundle, Number, known_inside, variable
from invlang.meaning.curves import as_curve, variables_in
from invlang.meaning.declarations import read_dim, read_given, read_let, read_unknown, unknown_space
from invlang.meaning.definitions import read_definition
from invlang.meaning.draft import LIBRARY, Draft
from invlang.meaning.meanings import Affine, Broken, Template
from invlang.meaning.mistakes import Mistake, Refused, TooLarge, UnusedUnknown
from invlang.meaning.studies import (
    read_data,
    read_evaluate,
    read_network,
    read_observe,
    read_reconstruct,
    read_simulate,
    read_train,
)
from invlang.meaning.uses import alias_of, read_use
from invlang.source import Source, Span
from invlang.syntax import tree

__all__ = ["LIBRARY", "elaborate"]


def elaborate(
    program: tree.Program, source: Source, folder: Path, allowed: tuple[Path, ...] = (), allow_python: bool = False
) -> tuple[Program | None, list[Diagnostic]]:
    """The program that a tree means, or None, and all diagnostics.  folder: where its files are looked for."""
    draft = Draft(source, folder, allowed, allow_python, opened=((folder / Path(source.name).name).resolve(),))
    draft.everywhere = declared_names(program)
    draft.spaces = unknown_spaces(program, draft)
    draft.sought = tuple(s.name.text for s in program.statements if isinstance(s, tree.Reconstruct))
    draft.names |= {name: Broken() for name in program.lost}
    draft.is_unknown_refused = bool(program.lost)  # it may be among them
    for statement in program.statements:
        read(draft, statement)
    check_unused(draft, program)
    operators = named_operators(draft, program)
    if draft.mistakes:
        return None, draft.mistakes
    return finished(draft, program, operators), []


def read(draft: Draft, statement: Any) -> None:
    """One statement; a mistake in it makes its name one that says nothing more."""
    mistake: Mistake | None
    try:
        READERS[type(statement)](draft, statement)
        return
    except Refused as refused:
        mistake = refused.mistake
    except RecursionError:
        mistake = TooLarge(statement.span)
    draft.refuse(mistake)
    draft.is_unknown_refused |= isinstance(statement, tree.Unknown)
    broken = alias_of(statement) if isinstance(statement, tree.Use) else getattr(statement, "name", None)
    if isinstance(broken, tree.Name) and not isinstance(statement, tree.Observe | tree.Simulate | tree.Train):
        draft.places.setdefault(broken.text, broken.span)
        draft.names.setdefault(broken.text, Broken())


def declared_names(program: tree.Program) -> dict[str, Span]:
    """Where each name of the file is declared first."""
    found: dict[str, Span] = {}
    for statement in program.statements:
        names: list[tree.Name | None] = []
        match statement:
            case tree.Dim(items):
                names = [item.name for item in items]
            case tree.Use(alias=alias):
                names = [alias]
            case tree.Observe() | tree.Simulate() | tree.Train() | tree.Evaluate():
                names = []
            case _:
                names = [statement.name]
        for name in names:
            if name is not None:
                found.setdefault(name.text, name.span)
    return found


def unknown_spaces(program: tree.Program, draft: Draft) -> dict[str, Space]:
    """The spaces of all unknowns, read ahead: a measurement above the second unknown acts on both."""
    ahead = Draft(draft.source, draft.folder, draft.allowed, draft.allow_python)
    found: dict[str, Space] = {}
    for statement in program.statements:
        try:
            if isinstance(statement, tree.Dim):
                read_dim(ahead, statement)
            elif isinstance(statement, tree.Unknown):
                space = unknown_space(ahead, statement)
                if draft.everywhere[statement.name.text] == statement.name.span:
                    found[statement.name.text] = space
        except Refused:
            continue
    return found


def finished(draft: Draft, program: tree.Program, operators: tuple[NamedOperator, ...]) -> Program:
    unknown = draft.unknown
    return Program(
        name=module_name(draft.source.name),
        source=draft.source,
        doc=program.doc or "",
        dims=tuple(draft.dims),
        givens=tuple(draft.givens),
        unknowns=tuple(draft.unknowns),
        operators=operators,
        measurements=tuple(draft.measurements),
        observed=tuple(draft.observed),
        simulated=tuple(draft.simulated),
        pictures=tuple(draft.pictures),
        estimators=tuple(draft.estimators),
        evaluations=tuple(draft.evaluations),
        variable=unknown.variable if unknown else Number(0),
        parameters=tuple(draft.parameters.values()),
        not_yet=tuple(draft.not_yet),
        maps=(*named_maps(draft), *nonlinear_means(draft)),
    )


def module_name(path: str) -> str:
    words = re.findall(r"[A-Za-z0-9]+", Path(path).stem) or ["Program"]
    name = "".join(w[:1].upper() + w[1:] for w in words)
    return f"P{name}" if name[0].isdigit() else name


def named_operators(draft: Draft, program: tree.Program) -> tuple[NamedOperator, ...]:
    """The `let`s that are operators, on the first space they fit: one they were used on, an unknown's, a measurement's.

    One that nothing uses and that fits no space of the program is refused: its mistake would be seen nowhere else.
    """
    found = []
    spaces = [*draft.hints, *(m.space for m in draft.measurements)]
    for name, span in draft.lets:
        template = draft.names[name]
        if not isinstance(template, Template) or not template.is_linear:
            continue
        first: Refused | None = None
        for space in [*draft.uses.get(name, []), *spaces]:
            try:
                operator, codomain = template.on(space, span)
            except Refused as refused:
                first = first or refused
                continue
            except RecursionError:
                first = first or Refused(TooLarge(span))
                continue
            if not any(k.origin == "data" for k in known_inside(values_in(operator))):  # else it is for estimators alone
                found.append(NamedOperator(name, operator, space, codomain, span))
            break
        else:
            if first is not None and not draft.mistakes and not is_mentioned(program, name):
                draft.refuse(first.mistake)
    return tuple(found)


def named_maps(draft: Draft) -> tuple[NamedMap, ...]:
    """The `let`s that are maps and not linear, on the first space they fit."""
    found = []
    for name, span in draft.lets:
        template = draft.names[name]
        if not isinstance(template, Template) or template.apply is None:
            continue
        for space in draft.hints:
            whole = variable("x", space)
            try:
                result = as_curve(template.apply(Affine(Identity(space), None, space, whole), span))
            except (Refused, RecursionError):
                continue
            parts = whole.parts if isinstance(whole, Bundle) else (whole,)
            found.append(NamedMap(name, result.value, parts, result.space, span))
            break
    return tuple(found)


def nonlinear_means(draft: Draft) -> tuple[NamedMap, ...]:
    """The means of measurements that are not affine in the unknowns, as maps `mean_of_y`."""
    if draft.unknown is None:
        return ()
    whole = draft.unknown.variable
    parts = whole.parts if isinstance(whole, Bundle) else (whole,)
    bent = [m for m in draft.measurements if m.operator is None and variables_in(m.mean)]
    return tuple(NamedMap(f"mean_of_{m.name}", m.mean, parts, m.space, m.span) for m in bent)


def is_mentioned(program: tree.Program, name: str) -> bool:
    uses = [s for s in program.statements if not (isinstance(s, tree.Let) and s.name.text == name)]
    return any(t.text == name for s in uses for t in names_in(s))


def check_unused(draft: Draft, program: tree.Program) -> None:
    """Every unknown is mentioned by a measurement or a term."""
    used = {t.text for s in program.statements if not isinstance(s, tree.Unknown | tree.Simulate) for t in names_in(s)}
    for unknown in draft.unknowns:
        if unknown.name not in used:
            draft.refuse(UnusedUnknown(unknown.span, unknown.name))


def names_in(node: Any) -> list[tree.Name]:
    """All names in a tree, wherever they stand."""
    if isinstance(node, tree.Name):
        return [node]
    if isinstance(node, tuple):
        return [n for item in node for n in names_in(item)]
    if isinstance(node, tree.Node):
        return [n for value in vars(node).values() for n in names_in(value)]
    return []


READERS: dict[type, Callable[[Draft, Any], None]] = {
    tree.Use: read_use,
    tree.Dim: read_dim,
    tree.Given: read_given,
    tree.Unknown: read_unknown,
    tree.Let: read_let,
    tree.Definition: read_definition,
    tree.Algorithm: read_definition,
    tree.Network: read_network,
    tree.Data: read_data,
    tree.Observe: read_observe,
    tree.Simulate: read_simulate,
    tree.Reconstruct: read_reconstruct,
    tree.Train: read_train,
    tree.Evaluate: read_evaluate,
}
