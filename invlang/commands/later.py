"""invlang train, invlang lsp: what is not there yet says so, after the program has been read."""

from __future__ import annotations

from argparse import Namespace

from invlang.commands.inputs import read_input
from invlang.commands.programs import checked
from invlang.commands.stop import Stop

WORDS = {"train": "training", "lsp": "the language server"}


def run(options: Namespace) -> int:
    if options.files:
        for given in read_input(options.files):
            checked(given, options)
    raise Stop(f"{WORDS[options.command]} is not there yet")
