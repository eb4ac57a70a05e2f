"""invlang test: adjoints, norms and gradients of a program's own operators, on random arrays in float64."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import asdict

from invlang.commands.inputs import Input, read_input
from invlang.commands.output import say
from invlang.commands.programs import checked, show
from invlang.commands.run import loaded
from invlang.commands.stop import Stop
from invlang.errors import InvError
from invlang.progress import metrics_table
from invlang.trials import Trial, small_sizes, trials


def run(options: Namespace) -> int:
    options.dtype = "float64"
    inputs = read_input(options.files)
    found = [(given, tested(given, options)) for given in inputs]
    if options.json:
        print(
            json.dumps(
                [{"file": g.source.name, "tests": [asdict(t) for t in ts]} for g, ts in found], indent=2, ensure_ascii=False
            )
        )
    else:
        for given, results in found:
            if len(inputs) > 1:
                print(given.source.name)
            metrics_table(
                [{"": t.what, "test": t.test, "error": t.error, "verdict": "holds" if t.holds else "FAILS"} for t in results]
            )
    failed = sum(not t.holds for _, ts in found for t in ts)
    total = sum(len(ts) for _, ts in found)
    say(f"{total - failed} of {total} tests hold", options)
    return 1 if failed or not total else 0


def tested(given: Input, options: Namespace) -> list[Trial]:
    program, planned = checked(given, options)
    said = {item.partition("=")[0].strip() for item in options.set}
    own = [f"{name}={n}" for name, n in small_sizes(program).items() if name not in said]
    try:
        model, _ = loaded(program, given, Namespace(**{**vars(options), "set": [*options.set, *own]}), planned)
        return trials(model, options.seed)
    except InvError as error:
        show(error.diagnostics, options)
        raise Stop("", shown=True) from None
