"""Tests of whose turn it is, where that is drawn."""

from collections import Counter
from itertools import pairwise

from invlang.kernels.turns import drawn_turn


def test_every_part_has_its_turn_equally_often_and_after_every_other() -> None:
    drawn = [drawn_turn(k, 9939357864064098956, 5) for k in range(25000)]
    assert all(abs(n - 5000) < 300 for n in Counter(drawn).values()) and set(drawn) == set(range(5))
    after = Counter(pairwise(drawn))
    assert len(after) == 25 and all(abs(n - 1000) < 150 for n in after.values())


def test_a_stream_is_the_same_every_time_and_another_one_is_another() -> None:
    one, again, other = ([drawn_turn(k, key, 7) for k in range(200)] for key in (3, 3, 4))
    assert one == again and sum(a == b for a, b in zip(one, other, strict=True)) < 60
