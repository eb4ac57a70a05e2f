"""What commands write: results on standard output, chatter on standard error, files as a whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from argparse import Namespace
from pathlib import Path
from shutil import get_terminal_size
from typing import TextIO

from invlang.commands.stop import Stop, because


def say(text: str, options: Namespace) -> None:
    """A remark on standard error, unless --quiet."""
    if not options.quiet:
        print(text, file=sys.stderr)


def in_colour(stream: TextIO) -> bool:
    """Colours only for a terminal, and where NO_COLOR does not forbid them."""
    return "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb" and stream.isatty()


def width() -> int:
    return min(get_terminal_size((100, 24)).columns, 120)


def write_file(path: Path, text: str) -> None:
    """The whole text or nothing: written under another name first.  Raises Stop where that fails."""
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(temporary, path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~umask())
        os.replace(temporary, path)
    except OSError as error:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)
        raise Stop(f"`{path}` cannot be written: {because(error)}") from None


def umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def target(output: str | None, stem: str, ending: str, several: bool) -> Path | None:
    """Where a result goes: -o names a file, or a folder (there is one already, it ends in /, or there are several programs).

    `-` is standard output, as no -o is.
    """
    if output is None or output == "-":
        return None
    path = Path(output)
    if several or output.endswith(("/", os.sep)) or path.is_dir():
        return path / f"{stem}{ending}"
    return path
