"""Lists of axes under each other, aligned at the last one, with the difference marked."""

from __future__ import annotations

LOOSE = ("…", "any")


def aligned(rows: tuple[tuple[str, tuple[str, ...]], ...], free: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """One line a row, its label first; then a line of ^ under the axes that differ.

    free: texts that stand for any size, which differ from nothing.

    >>> aligned((("x is", ("3", "H")), ("A takes", ("H",))))
    ('x is      3 · H', 'A takes       H', '          ^')
    """
    count = max(len(axes) for _, axes in rows)
    padded = [("",) * (count - len(axes)) + axes for _, axes in rows]
    widths = [max(len(axes[i]) for axes in padded) for i in range(count)]
    margin = max(len(label) for label, _ in rows) + 3
    lines = [label.ljust(margin) + joined(axes, widths) for (label, _), axes in zip(rows, padded, strict=True)]
    marks = ["^" * widths[i] if differs([axes[i] for axes in padded], free) else " " * widths[i] for i in range(count)]
    if any(m.strip() for m in marks):
        lines.append(" " * margin + "   ".join(marks))
    return tuple(line.rstrip() for line in lines)


def joined(axes: tuple[str, ...], widths: list[int]) -> str:
    """The axes with · between those that are there."""
    text = ""
    for i, (axis, width) in enumerate(zip(axes, widths, strict=True)):
        between = "" if i == 0 else " · " if axes[i - 1] else "   "
        text += between + axis.rjust(width)
    return text


def differs(column: list[str], free: frozenset[str]) -> bool:
    """Whether two axes that stand under each other are not the same.

    One that is missing differs unless anything may stand there.  free: texts of the last row that stand for any size; a free
    `1` stretches in every row.
    """
    if any(text in LOOSE for text in column) or "1" in free and "1" in column:
        return False
    if not all(column):
        return any(column)
    return column[-1] not in free and len(set(column)) > 1
