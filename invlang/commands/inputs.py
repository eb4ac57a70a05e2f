"""The programs that a command line names: files, folders, globs, `-` for standard input."""

from __future__ import annotations

import glob
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from invlang.commands.stop import Stop, because
from invlang.source import Source
from invlang.spelling import closest

SPHINX = b"# Sphinx inventory"


@dataclass(frozen=True)
class Input:
    """path: None for standard input.  folder: where the program's files are looked for."""

    source: Source
    folder: Path
    path: Path | None

    @property
    def stem(self) -> str:
        return self.path.stem if self.path else "program"


def read_inputs(names: Sequence[str]) -> list[Input]:
    """Every program that is named, once, in order.  Raises Stop for a name that leads to none."""
    found: dict[Path | None, Input] = {}
    for name in names:
        if name == "-":
            found[None] = Input(Source("<standard input>", read_standard_input()), Path.cwd(), None)
            continue
        for path in paths_of(name):
            if is_inventory(path):
                if Path(name) == path:
                    print(f"{name} is an inventory of Sphinx, not a program; it is left alone", file=sys.stderr)
                continue
            found.setdefault(path.resolve(), Input(Source(shown(path), text_of(path)), path.resolve().parent, path))
    return list(found.values())


def read_input(names: Sequence[str]) -> list[Input]:
    """The same for commands that need a program to work on."""
    found = read_inputs(names)
    if not found:
        raise Stop("there is no program to work on")
    return found


def shown(path: Path) -> str:
    return path.as_posix()


def read_standard_input() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig") if hasattr(sys.stdin, "buffer") else sys.stdin.read()
    except UnicodeDecodeError:
        raise Stop("standard input is not text in UTF-8, so it is no program") from None


def paths_of(name: str) -> list[Path]:
    """A file as it is, the .inv files of a folder and its subfolders, what a glob finds."""
    path = Path(name)
    try:
        if path.is_dir():
            inside = sorted(below(path))
            if not inside:
                raise Stop(f"the folder `{name}` holds no .inv file")
            return inside
        if path.exists():
            return [path]
        if glob.has_magic(name):
            hits = sorted(Path(hit) for hit in glob.glob(name, recursive=True))
            matched = [p for hit in hits for p in (sorted(below(hit)) if hit.is_dir() else [hit])]
            if not matched:
                raise Stop(f"nothing matches `{name}`")
            return matched
    except OSError as error:
        raise Stop(f"`{name}` cannot be read: {because(error)}") from None
    raise Stop(missing(path))


def below(folder: Path) -> Iterator[Path]:
    """The .inv files of a folder, hidden folders left aside."""
    for path in folder.rglob("*.inv"):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path


def missing(path: Path) -> str:
    here = [p.name for p in path.parent.glob("*.inv")] if path.parent.is_dir() else []
    close = closest(path.name, here) or next((h for h in here if h == f"{path.name}.inv"), None)
    return f"there is no file `{path}`" + (f"; did you mean `{path.parent / close}`?" if close else "")


def is_inventory(path: Path) -> bool:
    """Sphinx writes files of the same ending; their first line says so."""
    try:
        with path.open("rb") as file:
            return file.read(len(SPHINX)) == SPHINX
    except OSError as error:
        raise Stop(f"`{path}` cannot be read: {because(error)}") from None


def text_of(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Stop(f"`{path}` is not text in UTF-8, so it is no program") from None
    except OSError as error:
        raise Stop(f"`{path}` cannot be read: {because(error)}") from None
