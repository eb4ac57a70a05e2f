"""invlang fmt: programs laid out."""

from __future__ import annotations

import sys
from argparse import Namespace
from difflib import unified_diff

from invlang.commands.inputs import Input, read_inputs
from invlang.commands.output import in_colour, say, width, write_file
from invlang.diagnostics import render
from invlang.source import Source
from invlang.syntax.format import format_source
from invlang.syntax.parse import parse


def run(options: Namespace) -> int:
    """1 where a program has mistakes of syntax, or, with --check, where one is not laid out."""
    results = [laid_out(given, options) for given in read_inputs(options.files)]
    return 1 if False in results else 0


def laid_out(given: Input, options: Namespace) -> bool:
    """Whether nothing is left to do."""
    _, mistakes = parse(given.source)
    if mistakes:
        sys.stderr.write(render(mistakes, in_colour(sys.stderr), width()))
        return False
    text = format_source(Source(given.source.name, given.source.text), options.spelling)
    same = text == given.source.text
    if options.diff and not same:
        sys.stdout.writelines(difference(given, text))
    if options.check or options.diff:
        if options.check and not same and not options.diff:
            say(f"{given.source.name} would be laid out anew", options)
        return same or not options.check
    if given.path is None:
        sys.stdout.write(text)
    elif not same:
        write_file(given.path, text)
        say(f"{given.source.name} laid out", options)
    return True


def difference(given: Input, text: str) -> list[str]:
    name = given.source.name
    lines = unified_diff(given.source.text.splitlines(), text.splitlines(), name, f"{name} laid out", lineterm="")
    return [line + "\n" for line in lines]
