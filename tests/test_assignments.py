"""How many ways of assigning terms to the roles of algorithms are looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from invlang.pipeline import check
from invlang.plan import fitting
from invlang.source import Source


def test_of_many_terms_not_every_assignment_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten terms: squares stay together, so that of up to 3¹⁰ assignments to the roles of an algorithm a few are left."""
    looked = []
    check_groups = fitting.check_groups
    monkeypatch.setattr(fitting, "check_groups", lambda *given: looked.append(1) or check_groups(*given))
    text = (Path(__file__).parent / "programs" / "cameras.inv").read_text(encoding="utf-8")
    assert not check(Source("cameras.inv", text), Path()).diagnostics
    assert 0 < len(looked) < 200
