"""invlang explain: the derivation of a program, or the page of a message."""

from __future__ import annotations

import re
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable
from functools import partial
from importlib import import_module
from pathlib import Path

from invlang.commands.inputs import Input, read_input
from invlang.commands.output import in_colour, say, target, width, write_file
from invlang.commands.programs import as_number, checked, settings
from invlang.commands.stop import Stop
from invlang.derivation import Derivation
from invlang.derivation_html import derivation_page
from invlang.derivation_latex import derivation_latex
from invlang.derivation_text import derivation_text
from invlang.explain import explain
from invlang.explain_costs import explain_cost
from invlang.graph.program import Program
from invlang.mistakes import page
from invlang.plan.device import DEVICES, typical_sizes
from invlang.spelling import closest
from invlang.why import NoSuchLaw, laws_behind, list_of_laws, why_not, word_meant

CODE = re.compile(r"[EWew]\d{4}")


def run(options: Namespace) -> int:
    codes = [n for n in options.files if CODE.fullmatch(n)]
    if codes:
        return explain_codes(options, codes)
    if options.laws and not options.files:
        sys.stdout.write(printed([list_of_laws()], options))
        return 0
    word, costs = meant(options.why_not), cost_answer(options)
    files, names = sorted_out(options.files)
    inputs = read_input(files)
    for number, given in enumerate(inputs):
        program, planned = checked(given, options)
        if not program.estimators:
            raise Stop(f"{program.source.name} has nothing to derive: add `reconstruct tv {{ minimize … }}`")
        known_sizes(settings(options), program)
        asked = known_names(names, program) or [program.estimators[0].name]
        answer = partial(why_not, word=word) if word else laws_behind if options.laws else costs if costs else explain
        derivations = [answer(program, planned, name=name) for name in asked]
        write(given, derivations, options, len(inputs) > 1, number)
    return 0


def cost_answer(options: Namespace) -> Callable[..., Derivation] | None:
    """What answers --cost, for the device and the sizes that are asked for."""
    wrong = next((o for o in ("device", "set") if getattr(options, o) and not options.cost), None)
    if wrong or (options.measure and not options.cost):
        raise Stop(f"--{wrong or 'measure'} is for `--cost`", 2)
    if not options.cost:
        return None
    told = {name: as_size(value, name) for name, value in settings(options).items()}
    device = DEVICES[options.device or "cpu"]
    if options.measure:
        device = import_module("invlang.measuring").measured(device.name)
    return partial(explain_cost, device=device, told=told)


def as_size(text: str, name: str) -> int:
    number = as_number(text, name)
    if not isinstance(number, int) or number < 1:
        raise Stop(f"--set {name}={text}: a size is a whole number, at least 1", 2)
    return number


def known_sizes(told: Iterable[str], program: Program) -> None:
    """Raises Stop where a size is told that the program does not leave open."""
    left = [s.name for s, _ in typical_sizes(program)]
    for wrong in (n for n in told if n not in left):
        close = closest(wrong, left)
        hint = f"; did you mean `{close}`?" if close else f"; there are: {', '.join(left)}" if left else ""
        raise Stop(f"--set {wrong}: there is no open size `{wrong}` in {program.source.name}{hint}", 2)


def meant(word: str | None) -> str | None:
    try:
        return None if word is None else word_meant(word)
    except NoSuchLaw as none:
        raise Stop(str(none)) from None


def explain_codes(options: Namespace, codes: list[str]) -> int:
    for number, code in enumerate(codes):
        text = page(code.upper())
        if text is None:
            raise Stop(f"no message has the code {code.upper()}")
        sys.stdout.write(("\n" if number else "") + f"{code.upper()}  {text.rstrip()}\n")
    if len(codes) != len(options.files):
        raise Stop("give programs or codes of messages, not both", 2)
    return 0


def sorted_out(words: list[str]) -> tuple[list[str], list[str]]:
    """Files first, then names of estimators: a word is a name when it is no path and looks like a name."""
    names = [w for w in words[1:] if w.isidentifier() and not Path(w).exists()]
    return [w for w in words if w not in names], names


def known_names(names: list[str], program: Program) -> list[str]:
    known = [e.name for e in program.estimators]
    for wrong in (n for n in names if n not in known):
        close = closest(wrong, known)
        hint = f"; did you mean `{close}`?" if close else f"; there are: {', '.join(known)}" if known else ""
        raise Stop(f"there is no estimator `{wrong}` in {program.source.name}{hint}")
    return names


def write(given: Input, derivations: list[Derivation], options: Namespace, several: bool, number: int) -> None:
    ending = ".html" if options.html else ".tex" if options.tex else ".txt"
    path = target(options.output, given.stem, ending, several)
    if options.output and not options.html and not options.tex and path is not None:
        options = Namespace(**{**vars(options), "html": path.suffix == ".html", "tex": path.suffix == ".tex"})
    text = printed(derivations, options)
    if path is None:
        heading = f"{given.source.name}\n\n" if several and not (options.html or options.tex) else ""
        sys.stdout.write(("\n" if number else "") + heading + text)
        return
    write_file(path, text)
    say(f"{given.source.name} → {path}", options)


def printed(derivations: list[Derivation], options: Namespace) -> str:
    if options.html:
        whole = (
            derivations[0]
            if len(derivations) == 1
            else Derivation(derivations[0].title, tuple(s for d in derivations for s in d.sections))
        )
        return derivation_page(whole)
    if options.tex:
        return "\n".join(derivation_latex(d) for d in derivations)
    columns = width() if in_colour(sys.stdout) else 120
    return "\n".join(derivation_text(d, columns) for d in derivations)
