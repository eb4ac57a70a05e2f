"""Find the mathematics inside a sentence."""

from __future__ import annotations

import re

from invlang.mathematics.formula import Formula, Text
from invlang.mathematics.reader import NAMES, read_formula
from invlang.mathematics.unicode import LOWERED, RAISED

SIGNS = set("=+−<>≤≥~∈≈≠∝→∇‖|∞⊙∘×⊗√∂†²³") | set(RAISED.values()) | set(LOWERED.values()) - set("*′'")
GREEK = re.compile(r"[α-ωΑ-Ω\u0302\u0304ĥ]")
RATIO = re.compile(r"(?<![\w/])(\d+|[^\W\d_])/(\d+|[^\W\d_])(?![\w/])")
WEAK = re.compile(r"\(*(\d+(\.\d+)?(e-?\d+)?|[A-Zb-z]|[A-Za-z_]*\(\S*|\d+/\(\S*)\)*")
DANGLING = set("+ − - = < > ≤ ≥ ~ ∈ → ≈ ≠ ∝ | / × ⊙ ∘".split())


def split_prose(text: str) -> list[Formula | str]:
    """Plain stretches as str and mathematics as formulas, in order; white space is one space.

    >>> split_prose("so x ≤ 1 holds")[0]
    'so '
    """
    words = text.split()
    out: list[Formula | str] = []
    place = 0
    while place < len(words):
        end = end_of_run(words, place)
        formula, tail = read_run(words[place:end]) if end > place else (None, "")
        if formula is None:
            end, piece = place + 1, words[place]
            out.append(piece)
        else:
            out += [formula, tail] if tail else [formula]
        out.append(" ")
        place = end
    return joined(out[:-1])


def end_of_run(words: list[str], start: int) -> int:
    """Where the mathematics that begins at `start` ends: after the last word that is a part of it; `start` if none is."""
    depth, end, strong = 0, start, False
    for place in range(start, len(words)):
        word = words[place]
        if depth == 0 and not (is_strong(word) or is_weak(word)):
            break
        depth += word.count("(") + word.count("[") - word.count(")") - word.count("]")
        strong = strong or is_strong(word)
        if depth == 0 and strong and word not in DANGLING:
            end = place + 1
        if depth < 0 or (depth == 0 and word[-1] in ",;:."):
            break
    return end


def read_run(words: list[str]) -> tuple[Formula | None, str]:
    text = " ".join(words)
    bare = text.rstrip(",;:.")
    formula = read_formula(bare)
    return (None, "") if isinstance(formula, Text) else (formula, text[len(bare) :])


def is_strong(word: str) -> bool:
    """Whether a word is mathematics by itself."""
    bare = word.rstrip(",;:.")
    return any(c in SIGNS for c in bare) or bool(GREEK.search(bare) or RATIO.search(bare))


def is_weak(word: str) -> bool:
    """Whether a word is mathematics beside mathematics: a letter, a number, a call."""
    bare = word.rstrip(",;:.")
    return bare in NAMES or bool(WEAK.fullmatch(bare))


def joined(pieces: list[Formula | str]) -> list[Formula | str]:
    """Neighbouring plain pieces as one."""
    out: list[Formula | str] = []
    for piece in pieces:
        if isinstance(piece, str) and out and isinstance(out[-1], str):
            out[-1] += piece
        else:
            out.append(piece)
    return out


def reads_as_words(text: str) -> bool:
    """Whether a line is a sentence with some mathematics in it rather than a formula.

    >>> reads_as_words("F on real images keeps half a spectrum")
    True
    """
    words = [word for word in re.findall(r"[A-Za-z]+", text) if word not in NAMES]
    return sum(len(word) > 2 and word.islower() for word in words) > 2
