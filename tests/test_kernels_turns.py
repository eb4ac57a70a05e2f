"""Tests of whose turn it is, where that is drawn: by itself, or with all others in an order of its own."""

from collections import Counter
from itertools import pairwise

from invlang.kernels.turns import drawn_turn, shuffled_turn


def test_every_part_has_its_turn_equally_often_and_after_every_other() -> None:
    drawn = [drawn_turn(k, 9939357864064098956, 5) for k in range(25000)]
    assert all(abs(n - 5000) < 300 for n in Counter(drawn).values()) and set(drawn) == set(range(5))
    after = Counter(pairwise(drawn))
    assert len(after) == 25 and all(abs(n - 1000) < 150 for n in after.values())


def test_a_stream_is_the_same_every_time_and_another_one_is_another() -> None:
    one, again, other = ([drawn_turn(k, key, 7) for k in range(200)] for key in (3, 3, 4))
    assert one == again and sum(a == b for a, b in zip(one, other, strict=True)) < 60


def test_a_shuffled_sweep_has_every_part_once_and_all_orders_come_equally_often() -> None:
    sweeps = [tuple(shuffled_turn(3 * sweep + k, 11, 3) for k in range(3)) for sweep in range(6000)]
    found = Counter(sweeps)
    assert len(found) == 6 and all(sorted(s) == [0, 1, 2] and abs(n - 1000) < 150 for s, n in found.items())
    assert sweeps != [tuple(shuffled_turn(3 * sweep + k, 12, 3) for k in range(3)) for sweep in range(6000)]
