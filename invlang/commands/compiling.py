"""invlang compile: the torch module of each program."""

from __future__ import annotations

import sys
from argparse import Namespace

from invlang.commands.inputs import read_input
from invlang.commands.output import say, target, write_file
from invlang.commands.programs import checked
from invlang.pipeline import compile_program


def run(options: Namespace) -> int:
    inputs = read_input(options.files)
    for given in inputs:
        program, planned = checked(given, options)
        text = compile_program(program, options.level, planned).text
        path = target(options.output, given.stem, ".py", len(inputs) > 1)
        if path is None:
            sys.stdout.write(text)
        else:
            write_file(path, text)
            say(f"{given.source.name} → {path}", options)
    return 0
