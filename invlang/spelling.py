"""The nearest known word to a misspelt one."""

from __future__ import annotations

from collections.abc import Iterable


def closest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that was probably meant, or None where none is near.

    One slip in three letters is forgiven: a letter missing, doubled, wrong, or two swapped; a different case costs nothing.
    Of equally near candidates the one that begins alike wins, then one that only goes on or ends earlier,
    then the alphabetically first.  Where none is near, the only one that
    begins with the word, of at least three letters, is taken.

    >>> closest("reconstuct", ["report", "reconstruct"])
    'reconstruct'
    >>> closest("Condat", ["CG", "CondatVu"])
    'CondatVu'
    """
    candidates = list(candidates)
    allowed = max(1, (len(word) + 1) // 3) if len(word) > 1 else 0
    best: tuple[int, bool, bool, str] | None = None
    for candidate in candidates:
        if candidate == word or abs(len(candidate) - len(word)) > allowed:
            continue
        slips = _slips(word.lower(), candidate.lower())
        if slips <= allowed and slips < max(len(word), len(candidate)):
            at_hand = word.lower().startswith(candidate.lower()) or candidate.lower().startswith(word.lower())
            found = (slips, candidate[:1].lower() != word[:1].lower(), not at_hand, candidate)
            best = found if best is None else min(best, found)
    begun = [c for c in candidates if len(word) > 2 and c.lower().startswith(word.lower()) and c != word]
    return best[3] if best else begun[0] if len(begun) == 1 else None


def _slips(left: str, right: str) -> int:
    """How many insertions, deletions, replacements and swaps of neighbours lead from left to right (optimal string alignment)."""
    before: list[int] = []
    above = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        row = [i]
        for j, b in enumerate(right, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, above = above, row
    return above[-1]
