"""Files that a program names: what may be read, and what is asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from invlang.bundled import bundled, nearest_pictures
from invlang.diagnostics import Diagnostic
from invlang.graph.program import File, Program
from invlang.meaning.mistakes import NoSuchFile, NotAllowed, NotExpected, PythonFunction, Refused, UnknownName, shortened
from invlang.meaning.synonyms import nearest
from invlang.spelling import closest
from invlang.syntax import tree

KINDS = ("load", "image", "images")
PICTURES_ARE_LISTED = '`invlang doc` lists those with a name; a file of your own is image("name.png")'


def file_of(purpose: str, node: Any, folder: Path, allowed: tuple[Path, ...]) -> File:
    """load("kspace.npy"), image("astronaut"), images("train/"): checked to stay below the folders that are allowed."""
    if isinstance(node, tree.Text):
        check_place(node, folder, allowed)
        return File("load", node.text, node.span)
    if isinstance(node, tree.Call) and isinstance(node.function, tree.Name) and len(node.arguments) == 1:
        kind, argument = node.function.text, node.arguments[0].value
        if kind in KINDS and isinstance(argument, tree.Text):
            if kind != "image" or any(c in argument.text for c in "./\\:~"):
                check_place(argument, folder, allowed)
            elif bundled(argument.text) is None:
                raise Refused(unknown_picture(argument))
            return File(kind, argument.text, argument.span)
        if kind in ("eval", "exec", "open", "compile", "__import__"):
            raise Refused(PythonFunction(node.function.span, kind))
    wanted = 'image("astronaut"), images("folder/") or load("file.npy")' if purpose == "simulate" else 'load("file.npy")'
    more = isinstance(node, tree.Call) and isinstance(node.function, tree.Name) and node.function.text in KINDS
    how = "it takes the sizes that the unknown has: `dim H = 128, W = 128`" if more else None
    raise Refused(NotExpected(node.span, f"`{shortened(node.span.text)}`", wanted, how))


def unknown_picture(node: tree.Text) -> UnknownName:
    """image("astronut"): the name of a picture that no package brings."""
    close = nearest_pictures(node.text)
    return UnknownName(node.span, shortened(node.text), "picture", close[0] if close else None, hint=PICTURES_ARE_LISTED)


def check_place(node: tree.Text, folder: Path, allowed: tuple[Path, ...]) -> Path:
    """A file of the program lies below the program's folder or where the caller allows.  Gives where it lies."""
    name = node.text.split(":")[0]
    if "\0" in node.text or len(node.text) > 1000 or not name:
        raise Refused(NoSuchFile(node.span, shortened(node.text), why="is not the name of a file"))
    try:
        path = (folder / name).resolve()
        inside = any(path.is_relative_to(place.resolve()) for place in (folder, *allowed))
    except (OSError, RuntimeError):
        raise Refused(NoSuchFile(node.span, shortened(node.text), why="is not the name of a file")) from None
    if not inside:
        how = "move it there, or allow its folder with --allow-read DIR"
        raise Refused(NotAllowed(node.span, f"`{shortened(node.text)}` lies outside of the program's folder", how))
    return path


def program_file(node: tree.Text, folder: Path, allowed: tuple[Path, ...]) -> Path:
    """The file that `use "…"` names."""
    path = check_place(node, folder, allowed)
    try:
        if path.is_file():
            return path
        near = [p.name for p in path.parent.glob("*.inv")] if path.parent.is_dir() else []
    except OSError:
        near = []
    close = nearest(path.name, near)
    beside = node.text.rpartition("/")[0]
    raise Refused(NoSuchFile(node.span, node.text, f"{beside}/{close}" if close and beside else close))


def absent_files(program: Program, folder: Path) -> tuple[Diagnostic, ...]:
    """A warning for each file of the program that is not there: the program is right, and does not run as it is."""
    read = (*(g.file for g in program.givens), *(f for _, f in (*program.observed, *program.simulated)))
    absent = [f for f in read if f is not None and is_path(f) and not (folder / f.name.split(":")[0]).exists()]
    return tuple(replace(NoSuchFile(f.span, f.name, close_by(folder, f.name)).diagnostic(), severity="warning") for f in absent)


def is_path(file: File) -> bool:
    """Whether it is a file of the user's and no picture that has a name."""
    return file.kind != "image" or bundled(file.name) is None


def close_by(folder: Path, name: str) -> str | None:
    """A file beside the place of that one which is called nearly so."""
    place = (folder / name).parent
    try:
        return closest(Path(name).name, [p.name for p in place.iterdir()]) if place.is_dir() else None
    except OSError:
        return None
