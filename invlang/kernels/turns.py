"""Kernels of loops that look at one part of the data at a time: what depends on whose turn it is, and a draw of that."""

from functools import lru_cache

import torch
from torch import Tensor


def each_turn(apply, count: int) -> Tensor:
    """apply(0), apply(1), …, apply(count − 1) along a new first axis: what depends on whose turn it is.  -> number[count, ...]"""
    return torch.stack([apply(turn) for turn in range(count)])


def worst_turn(apply, count: int) -> Tensor:
    """The largest of apply(0), apply(1), …, apply(count − 1), one a sample.  -> real[...]"""
    return torch.stack([torch.as_tensor(apply(turn)) for turn in range(count)]).amax(0)


def of_turn(table: Tensor, k: int, count: int) -> Tensor:
    """The entry of `each_turn` whose turn it is in round k.  number[count, ...] -> number[...]"""
    return table[k % count]


def drawn_turn(k: int, key: int, of: int) -> int:
    """The number of round k of a stream, from 0 to of − 1, every one alike.  key: a whole number that names the stream."""
    return mixed(key, k) % of


def shuffled_turn(k: int, key: int, of: int) -> int:
    """The number of round k, from 0 to of − 1, where every sweep of so many rounds has each number once, in an order of its own."""
    return shuffled(k // of, key, of)[k % of]


@lru_cache(maxsize=4)
def shuffled(sweep: int, key: int, of: int) -> tuple[int, ...]:
    """The numbers from 0 to of − 1 in the order of a sweep, all orders alike."""
    return tuple(sorted(range(of), key=lambda turn: mixed(key, sweep * of + turn)))


def mixed(key: int, k: int) -> int:
    """The whole number k of a stream, from 0 to 2⁶⁴ − 1.

    Numbers that follow each other, mixed until every bit of one changes half of the bits of the other.
    Source: Steele, Lea and Flood, Fast splittable pseudorandom number generators (2014).
    """
    bits = (key + (k + 1) * 0x9E3779B97F4A7C15) % 2**64
    bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB % 2**64
    return bits ^ (bits >> 31)
