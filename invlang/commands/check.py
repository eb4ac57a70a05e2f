"""invlang check: every mistake of every file, then the verdict on each part."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from dataclasses import replace
from typing import Any

from invlang.commands.inputs import Input, read_inputs
from invlang.commands.output import in_colour, say, width, write_file
from invlang.commands.programs import allowed, has_errors
from invlang.diagnostics import as_json, render
from invlang.fixes import apply_fix
from invlang.meaning.files import absent_files
from invlang.pipeline import Checked, check
from invlang.source import Source
from invlang.verdicts import verdict_lines

ROUNDS = 20


def run(options: Namespace) -> int:
    results = [checked(given, options) for given in read_inputs(options.files)]
    wrong = [given for given, found in results if is_wrong(found)]
    if options.json:
        print(json.dumps([as_data(given, found) for given, found in results], indent=2, ensure_ascii=False))
    else:
        for number, (given, found) in enumerate(results):
            if number and (is_wrong(found) or is_wrong(results[number - 1][1])):
                print()
            sys.stdout.write(text_of(given, found))
        if len(results) > 1:
            say(f"{len(results) - len(wrong)} of {len(results)} programs are fine", options)
    return 1 if wrong else 0


def is_wrong(found: Checked) -> bool:
    return found.program is None or has_errors(found.diagnostics)


def checked(given: Input, options: Namespace) -> tuple[Input, Checked]:
    """With --fix, the program after every fix that helps."""

    def check_again(source: Source) -> Checked:
        return check(source, given.folder, allowed(options), options.allow_python)

    found = check_again(given.source)
    if found.program is not None:
        found = replace(found, diagnostics=(*found.diagnostics, *absent_files(found.program, given.folder)))
    if not options.fix or not found.diagnostics:
        return given, found
    source = given.source
    for _ in range(ROUNDS):
        text = apply_fix(source, found.diagnostics, lambda repaired: check_again(repaired).diagnostics)
        if text == source.text:
            break
        source = Source(source.name, text)
        found = check_again(source)
    keep(given, source, options)
    return replace(given, source=source), found


def keep(given: Input, source: Source, options: Namespace) -> None:
    """Writes the repaired program over the old one; one from standard input goes to standard output."""
    if source.text == given.source.text:
        return
    if given.path is None:
        sys.stdout.write(source.text)
        return
    write_file(given.path, source.text)
    say(f"{given.source.name} was repaired", options)


def text_of(given: Input, found: Checked) -> str:
    messages = render(found.diagnostics, in_colour(sys.stdout), width())
    if is_wrong(found):
        return messages
    assert found.program is not None
    verdicts = found.planned.verdicts if found.planned else ()
    lines = [f"{given.source.name} is fine", *verdict_lines(verdicts)]
    return messages + "\n".join(lines) + "\n"


def as_data(given: Input, found: Checked) -> dict[str, Any]:
    said = found.planned.verdicts if found.planned and not is_wrong(found) else ()
    verdicts = [{"name": v.name, "text": v.text} for v in said]
    return {
        "file": given.source.name,
        "fine": not is_wrong(found),
        "diagnostics": as_json(found.diagnostics),
        "verdicts": verdicts,
    }
