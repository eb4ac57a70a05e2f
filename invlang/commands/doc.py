"""invlang doc: pages of the library."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from invlang.commands.output import say, width, write_file
from invlang.commands.programs import show
from invlang.commands.stop import Stop
from invlang.documentation import entry_text, family_text, html_pages, list_text, names_like
from invlang.errors import InvError
from invlang.meaning import library


def run(options: Namespace) -> int:
    if options.html:
        pages = html_pages(pictures(options))
        for name, text in pages.items():
            write_file(Path(options.html) / name, text)
        say(f"{len(pages)} pages in {options.html}", options)
        return 0
    if not options.names:
        sys.stdout.write(list_text(width()))
        return 0
    for number, name in enumerate(options.names):
        sys.stdout.write(("\n" if number else "") + text_of(name))
    return 0


def pictures(options: Namespace) -> Callable[[str], bytes | None]:
    """Runs the examples, each when its page is written.  Only here does `doc` need torch.  Raises Stop, its mistakes told, at a wrong one."""
    from invlang.gallery import gallery_picture

    def picture(name: str) -> bytes | None:
        if not options.quiet and name in library.gallery():
            print(name, file=sys.stderr)
        try:
            return gallery_picture(name)
        except InvError as error:
            show(error.diagnostics, options)
            raise Stop("", shown=True) from None

    return picture


def text_of(name: str) -> str:
    pages = [entry_text(key, width()) for key in (name, f"~{name}") if key in library.entries()]
    if pages:
        return "\n".join(pages)
    text = family_text(name, width())
    if text is None:
        close = names_like(name)
        hint = f"; did you mean {' or '.join(f'`{c}`' for c in close)}?" if close else "; `invlang doc` lists what there is"
        raise Stop(f"the library has nothing called `{name}`{hint}")
    return text
