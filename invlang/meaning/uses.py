"""Reading `use`: modules of the library, other files of the user's, Python."""

from __future__ import annotations

from pathlib import Path, PurePath

from invlang.meaning import library
from invlang.meaning.declarations import read_dim, read_given, read_let
from invlang.meaning.definitions import read_definition
from invlang.meaning.draft import Draft
from invlang.meaning.files import program_file
from invlang.meaning.meanings import Broken
from invlang.meaning.mistakes import NoSuchFile, NotAllowed, NotExpected, Refused, UnknownName
from invlang.meaning.synonyms import nearest
from invlang.source import Source
from invlang.syntax import tree
from invlang.syntax.parse import parse


def read_use(draft: Draft, statement: tree.Use) -> None:
    if statement.python:
        if not draft.allow_python:
            raise Refused(NotAllowed(statement.span, "this file asks to run Python", "if you trust it, pass --allow-python"))
        draft.not_yet.append((statement.span, "`use python`"))
        return
    if isinstance(statement.module, tree.Name):
        name, known = statement.module.text, library.modules()
        if name not in known:
            hint = f'a file of yours is named in quotes: `use "{name}.inv" as {name}`'
            raise Refused(UnknownName(statement.module.span, name, "module of the library", nearest(name, known), (), hint))
        return
    read_file_use(draft, statement, statement.module)


def read_file_use(draft: Draft, statement: tree.Use, module: tree.Text) -> None:
    """use "scanner.inv" as scanner: the definitions and lets of another file, under a name."""
    path = program_file(module, draft.folder, draft.allowed)
    if path in draft.opened or len(draft.opened) > 20:
        raise Refused(NoSuchFile(module.span, module.text, why="uses this file in turn: files cannot use each other in a circle"))
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise Refused(NoSuchFile(module.span, module.text, why="is not a text that can be read")) from None
    inner, mistakes = read_inner(draft, Source(module.text, text), path)
    alias = alias_of(statement)
    if alias is None:
        hint = f'give it one: `use "{module.text}" as scanner`'
        raise Refused(NotExpected(module.span, f"`{path.stem}`", "the name of a file that can be a name in the program", hint))
    draft.mistakes += [*mistakes, *inner.mistakes]
    for given in inner.givens:
        if given.known.name not in [g.known.name for g in draft.givens]:
            draft.givens.append(given)
    draft.dims += [d for d in inner.dims if d.name not in [e.name for e in draft.dims]]
    draft.parameters.update({n: k for n, k in inner.parameters.items() if n not in draft.parameters})
    draft.declare(alias, Broken() if mistakes or inner.mistakes else inner.snapshot)


def alias_of(statement: tree.Use) -> tree.Name | None:
    """The name that a file's definitions come under: the one after `as`, or the file's own."""
    if statement.alias is not None or isinstance(statement.module, tree.Name):
        return statement.alias
    stem = PurePath(statement.module.text).stem
    return tree.Name(stem, span=statement.module.span) if stem.isidentifier() else None


def read_inner(draft: Draft, source: Source, path: Path) -> tuple[Draft, list]:
    """The other file's declarations; its unknowns, data and estimators stay its own."""
    parsed, mistakes = parse(source)
    allowed = (*draft.allowed, draft.folder)
    inner = Draft(source, path.parent, allowed, draft.allow_python, opened=(*draft.opened, path), effort=draft.effort)
    inner.spaces = draft.spaces
    for part in parsed.statements:
        reader = READERS.get(type(part))
        if reader is None:
            continue
        try:
            reader(inner, part)
        except Refused as refused:
            inner.refuse(refused.mistake)
            name = alias_of(part) if isinstance(part, tree.Use) else getattr(part, "name", None)
            if isinstance(name, tree.Name):
                inner.names.setdefault(name.text, Broken())
    return inner, mistakes


READERS = {
    tree.Dim: read_dim,
    tree.Given: read_given,
    tree.Let: read_let,
    tree.Definition: read_definition,
    tree.Algorithm: read_definition,
    tree.Use: read_use,
}
