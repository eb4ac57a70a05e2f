"""invlang explain --why-not WORD: what became of a law or an algorithm in one estimator."""

from __future__ import annotations

from invlang.derivation import Derivation, Entry, Item, Line, Section
from invlang.explain import file_of
from invlang.explain_forms import legend, text_of_item
from invlang.graph.program import Program
from invlang.graph.show import axes_called_as_in
from invlang.plan.module import Planned
from invlang.rules.inverse import WAYS
from invlang.rules.known_laws import known_laws
from invlang.spelling import closest
from invlang.why_algorithms import algorithms, why_algorithm
from invlang.why_laws import laws_used, why_law


class NoSuchLaw(Exception):
    """There is neither a law nor an algorithm of that name."""


def words() -> tuple[str, ...]:
    """Everything that can be asked for: algorithms, laws, ways to invert."""
    return (*algorithms(), *known_laws(), *WAYS)


def word_meant(word: str) -> str:
    """The name as it is written; letters may be large or small, words apart or joined.  Raises NoSuchLaw with the nearest names.

    >>> word_meant("Separable Cancel"), word_meant("fista")
    ('separable-cancel', 'FISTA')
    """
    plain = lambda text: text.lower().replace("_", "-").replace(" ", "-")
    same = {plain(w): w for w in words()}
    if plain(word) in same:
        return same[plain(word)]
    close = closest(word, words())
    hint = (
        f"did you mean `{close}`?"
        if close
        else "`invlang explain --laws` lists the laws, `invlang doc algorithms` the algorithms"
    )
    raise NoSuchLaw(f"there is no law and no algorithm `{word}`; {hint}")


def why_not(program: Program, planned: Planned, word: str, name: str | None = None) -> Derivation:
    """The answer for one estimator, or for the first where none is named.  word: as `word_meant` gives it."""
    wanted = program.estimator(name) if name else program.estimators[0]
    chosen = dict(planned.chosen).get(wanted.name)
    with axes_called_as_in(u.space for u in program.unknowns):
        answer = why_algorithm if word in algorithms() else why_law
        sections = answer(planned, wanted, chosen, word)
        if answer is why_law:
            sections = (
                *sections,
                Section("What the letters are", letters_in(sections, legend(planned, wanted, chosen, sections))),
            )
    return Derivation(f"{file_of(program)} · {wanted.name} · {word}", tuple(s for s in sections if s.items))


def letters_in(sections: tuple[Section, ...], lines: tuple[Item, ...]) -> tuple[Item, ...]:
    """Those of a legend that are read."""
    text = " ".join(text_of_item(i) for s in sections for i in s.items)
    return tuple(line for line in lines if isinstance(line, Line) and str(line.left) in text)


def laws_behind(program: Program, planned: Planned, name: str | None = None) -> Derivation:
    """The laws that the derivation of an estimator used, or that of the first where none is named."""
    wanted = program.estimator(name) if name else program.estimators[0]
    with axes_called_as_in(u.space for u in program.unknowns):
        section = laws_used(planned, wanted, dict(planned.chosen).get(wanted.name))
    return Derivation(f"{file_of(program)} · {wanted.name} · laws", (section,))


def list_of_laws() -> Derivation:
    """Every law by name, those of the language first."""
    own = tuple(Entry(n, laws[0].because) for n, laws in known_laws().items() if not laws[0].text)
    beside = tuple(Entry(n, laws[0].because) for n, laws in known_laws().items() if laws[0].text)
    ways = tuple(Entry(n, because) for n, because in WAYS.items())
    return Derivation(
        "The laws", (Section("Of the language", own), Section("Beside operators", beside), Section("Ways to invert", ways))
    )
