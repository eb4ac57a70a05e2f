"""Every measurement with every noise law, prior and constraint has a plan, and -O2 does what -O0 does."""

import combinations
import pytest

PROGRAMS = dict(combinations.programs())
FEW = list(PROGRAMS)[::101]


@pytest.mark.parametrize("name", FEW)
def test_a_program_has_a_plan_whose_levels_agree(name: str) -> None:
    assert combinations.fault_of(PROGRAMS[name]) is None


@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n in list(PROGRAMS)[::29] if n not in FEW])
def test_so_has_every_other(name: str) -> None:
    assert combinations.fault_of(PROGRAMS[name]) is None
