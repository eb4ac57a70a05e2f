"""`explain --why-not`: what it says of laws and algorithms, and that asking changes nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from commands import TINY, invlang

from invlang.derivation_html import derivation_page
from invlang.derivation_latex import derivation_latex
from invlang.derivation_text import derivation_text
from invlang.graph.operators import Adjoint, Compose, Leaf
from invlang.graph.questions import LISTENER, listening
from invlang.meaning import library
from invlang.pipeline import check
from invlang.rules.facts import claims
from invlang.rules.inverse import WAYS
from invlang.rules.known_laws import known_laws
from invlang.rules.law import Law
from invlang.rules.misses import Miss, applies, misses, tried
from invlang.rules.simplify import derive
from invlang.source import Source
from invlang.syntax import tree
from invlang.why import NoSuchLaw, laws_behind, why_not, word_meant
from invlang.why_algorithms import algorithms

GOLDEN = Path(__file__).parent / "golden" / "why"
MRI = """dim H = 8, W = 6
unknown x : complex[H, W]
given   m : binary[H, W]
let     A = MRI(m)
data    y ~ Normal(A @ x, sigma = 0.1)
reconstruct tv { minimize fidelity(y) + 2 * TV(x) }
"""
LINES = MRI.replace("binary[H, W]", "binary[1, W]")
VALID = TINY.replace("Blur(h)", "Blur(h, boundary = valid)")
STEEP = """dim H = 8, W = 6
unknown x : real[H, W] in [1, 2]
data    y ~ Normal(log(x), sigma = 0.1)
reconstruct tv { minimize fidelity(y) + 2 * TV_smooth(x)  nonconvex }
"""
COILS = """dim H = 8, W = 6
unknown x : complex[H, W]
given   m : binary[1, W]
given   s : complex[4, H, W]
let     A = MultiCoilMRI(s, m)
data    y ~ Normal(A @ x, sigma = 0.1)
reconstruct ridge { minimize fidelity(y) + 0.1 * sq(x) }
"""
PROGRAMS = {"blur": TINY, "valid": VALID, "mri": MRI, "lines": LINES, "coils": COILS, "steep": STEEP}
ASKED = [
    ("blur", "cancel"),
    ("blur", "FISTA"),
    ("blur", "CondatVu"),
    ("blur", "ADMM"),
    ("blur", "Backtracking"),
    ("blur", "common-factor"),
    ("valid", "cancel"),
    ("valid", "closed-form"),
    ("mri", "separable-cancel"),
    ("mri", "woodbury"),
    ("lines", "separable-cancel"),
    ("coils", "Direct"),
    ("steep", "PGD"),
]


def planned(name: str):
    found = check(Source(f"{name}.inv", PROGRAMS[name]), Path("."))
    assert found.program is not None and found.planned is not None, found.diagnostics
    return found.program, found.planned


def answer(name: str, word: str) -> str:
    return derivation_text(why_not(*planned(name), word))


@pytest.mark.parametrize(("name", "word"), ASKED, ids="-".join)
def test_the_answers_are_those_of_the_golden_files(name: str, word: str, update_golden: bool):
    path = GOLDEN / f"{name}-{word}.txt"
    if update_golden:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(answer(name, word), encoding="utf-8")
    assert answer(name, word) == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "word", "sentence"),
    [
        ("mri", "separable-cancel", "m′ may change along W"),
        ("mri", "cancel", "m′ stands between Fᴴ and F"),
        ("valid", "cancel", "C does not keep lengths: it has fewer entries"),
        ("lines", "separable-cancel", "F_Wᴴ m′ F_W"),
        ("blur", "FISTA", "TV does not act pixel by pixel, so it has no joint prox with the others"),
        ("blur", "FISTA", "without TV it would fit"),
        ("blur", "CondatVu", "times slower: about"),
    ],
)
def test_the_fact_that_is_lacking_is_said(name: str, word: str, sentence: str):
    assert sentence in " ".join(answer(name, word).split())


def found_misses(name: str) -> list[tuple[Law, Miss]]:
    _, plan = planned(name)
    terms = [derive(Compose((Adjoint(o.forward), o.forward))).result for o in plan.operators]
    terms += [s.forward for _, c in plan.chosen for s in c.record.solves]
    laws = [law for same in known_laws().values() for law in same]
    return [(law, miss) for term in terms for law in laws for miss in misses(law, term)]


@pytest.mark.parametrize("name", ["blur", "valid", "mri", "lines", "coils"])
def test_a_near_miss_is_none_with_the_fact_and_one_without_it(name: str):
    found = found_misses(name)
    assert found
    for law, miss in found:
        if miss.lacking is not None:
            assert not applies(law, miss.factors) and miss.lacking.lacking()
            assert tried(law, miss.factors, miss.lacking)[0]
        elif law.width:
            gap = len(miss.between)
            around = [(*miss.factors[:k], *miss.factors[k + gap :]) for k in range(1, law.width)]
            assert len(around[0]) == law.width and any(applies(law, factors) for factors in around)


@pytest.mark.parametrize("name", ["blur", "mri"])
def test_asking_changes_nothing(name: str):
    program, plan = planned(name)
    before = [derive(Compose((Adjoint(o.forward), o.forward))).result for o in plan.operators]
    for word in ("cancel", "separable-cancel", "real-stays-real", "Gradient", "FISTA"):
        why_not(program, plan, word)
    rewritten = derive.__wrapped__
    assert [rewritten(Compose((Adjoint(o.forward), o.forward))).result for o in plan.operators] == before
    assert LISTENER.get() is None


def test_nobody_listens_beyond_the_block():
    _, plan = planned("mri")
    leaf = next(f for f in plan.operators[0].forward.factors if isinstance(f, Leaf) and not claims(f, "real"))
    with listening() as first:
        assert not claims(leaf, "real")
    with listening(frozenset(first.unanswered)):
        assert claims(leaf, "real")
    assert not claims(leaf, "real") and len(first.unanswered) == 1


def test_every_name_is_one_thing_and_pleasant_to_type():
    names = [*algorithms(), *known_laws(), *WAYS]
    assert len({n.lower() for n in names}) == len(names)
    assert not [n for n in names if not re.fullmatch(r"[a-z]+(-[a-z]+)*|[A-Z][A-Za-z0-9]*", n)]


def test_every_law_says_more_than_its_name():
    assert not [n for n, laws in known_laws().items() for law in laws if not law.because]
    own = {n for n, e in library.entries().items() if isinstance(d := library.definition(n), tree.Definition) and d.laws and e}
    assert own <= set(known_laws())


@pytest.mark.parametrize(
    ("word", "meant"),
    [("fista", "FISTA"), ("Separable Cancel", "separable-cancel"), ("separable_cancel", "separable-cancel"), ("fold", "Fold")],
)
def test_a_word_may_be_spelt_in_several_ways(word: str, meant: str):
    assert word_meant(word) == meant


@pytest.mark.parametrize(
    ("word", "hint"), [("canel", "did you mean `cancel`?"), ("FISTAA", "did you mean `FISTA`?"), ("qqqqqq", "--laws")]
)
def test_an_unknown_word_is_told_what_there_is(word: str, hint: str):
    with pytest.raises(NoSuchLaw, match=re.escape(hint)):
        word_meant(word)


def test_an_expression_has_no_algorithm_to_ask_for():
    text = TINY.replace("minimize fidelity(y) + 20 * TV(x)", "estimate A.H @ y")
    found = check(Source("tiny.inv", text), Path("."))
    assert "there is no objective" in derivation_text(why_not(found.program, found.planned, "FISTA"))


def test_the_laws_behind_a_program_are_listed():
    text = derivation_text(laws_behind(*planned("blur")))
    assert "cancel" in text and "diagonals multiply, in Aᴴ A" in text


def test_the_answer_in_three_forms():
    derivation = why_not(*planned("mri"), "separable-cancel")
    assert derivation_page(derivation).startswith("<!doctype html>") and "may change along" in derivation_page(derivation)
    assert r"\begin{align*}" in derivation_latex(derivation)


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.chdir(tmp_path)
    Path("tiny.inv").write_text(TINY, encoding="utf-8")
    assert "it does not fit" in invlang(capsys, "explain", "tiny.inv", "tv", "--why-not", "fista").out
    assert "separable-cancel" in invlang(capsys, "explain", "--laws").out
    assert "diagonals multiply" in invlang(capsys, "explain", "tiny.inv", "--laws").out
    wrong = invlang(capsys, "explain", "tiny.inv", "--why-not", "canel")
    assert wrong.code == 1 and "did you mean `cancel`?" in wrong.err
