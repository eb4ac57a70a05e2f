"""Lines of code laid out: comments in one column, signatures and docstrings within the width."""

from __future__ import annotations

import textwrap

from invlang.emit.method import WIDTH, Line

GAP = 3


def laid_out(lines: list[Line]) -> list[str]:
    """The lines as text.  The comments of one body share a column; one that does not fit stands above its line."""
    codes = [("    " * line.depth + line.code).rstrip() for line in lines]
    column = comment_column([(len(c), len(line.comment)) for c, line in zip(codes, lines, strict=True) if line.comment])
    written = []
    for code, line in zip(codes, lines, strict=True):
        if not code and written and not written[-1]:
            continue
        if not line.comment:
            written += wrapped(code.rstrip(), line.depth)
        elif len(code) + GAP <= column <= WIDTH - len(line.comment) - 2:
            written += [f"{code.ljust(column)}# {line.comment}"]
        elif fits(code, line.comment):
            written += [f"{code}  # {line.comment}"]
        else:
            written += ["    " * line.depth + f"# {line.comment}"[: WIDTH - 4 * line.depth], *wrapped(code, line.depth)]
    return written


def wrapped(code: str, depth: int) -> list[str]:
    """A line that is too long, opened at its last bracket: what stands inside on a line of its own, or one a line."""
    opening = last_bracket(code)
    if len(code) <= WIDTH or opening is None or code.endswith(":"):
        return [code]
    start, end = opening
    inside, pad = code[start + 1 : end], "    " * (depth + 1)
    parts = parts_of(inside)  # one part stays without a comma: it may be an expression in parentheses
    rows = [pad + inside] if len(pad + inside) <= WIDTH or len(parts) == 1 else [f"{pad}{part}," for part in parts]
    return [code[: start + 1], *(r for row in rows for r in wrapped(row, depth + 1)), "    " * depth + code[end:]]


def last_bracket(code: str) -> tuple[int, int] | None:
    """Where the last round bracket at the outermost level opens and closes."""
    level, start, found = 0, 0, None
    for position, letter in enumerate(code):
        if letter in "([{":
            start, level = (position if level == 0 else start), level + 1
        elif letter in ")]}":
            level -= 1
            if level == 0 and letter == ")" and position > start + 1:
                found = (start, position)
    return found


def parts_of(inside: str) -> list[str]:
    """What commas at the outermost level separate."""
    level, parts, start = 0, [], 0
    for position, letter in enumerate(inside):
        level += (letter in "([{") - (letter in ")]}")
        if letter == "," and level == 0:
            parts.append(inside[start:position].strip())
            start = position + 1
    return [*parts, inside[start:].strip()]


def comment_column(lengths: list[tuple[int, int]]) -> int:
    """Where most of the comments can stand; lengths: of each line's code and of its comment."""
    columns = sorted(code + GAP for code, _ in lengths)
    return max(columns, default=0, key=lambda c: sum(code + GAP <= c <= WIDTH - comment - 2 for code, comment in lengths))


def fits(code: str, comment: str) -> bool:
    return len(code) + len(comment) + GAP + 2 <= WIDTH


def signature(name: str, parameters: list[str], result: str = "", depth: int = 1, own: bool = True) -> list[Line]:
    """def name(self, parameters) -> result: on one line or, if it is too long, on several."""
    arrow = f" -> {result}:" if result else ":"
    parameters = ["self", *parameters] if own else parameters
    whole = f"def {name}({', '.join(parameters)}){arrow}"
    if len(whole) + 4 * depth <= WIDTH:
        return [Line(whole, depth=depth)]
    inside = ", ".join(parameters)
    rows = [inside] if len(inside) + 4 * depth + 4 <= WIDTH else [f"{p}," for p in parameters]
    return [Line(f"def {name}(", depth=depth), *(Line(r, depth=depth + 1) for r in rows), Line(f"){arrow}", depth=depth)]


def docstring(paragraphs: list[str], depth: int) -> list[Line]:
    """The first paragraph on the opening line, the others below it; long ones wrapped."""
    room = WIDTH - 4 * depth
    first = textwrap.wrap(safe(paragraphs[0]), room - 6) or [""]
    rest = [w for p in paragraphs[1:] for w in (textwrap.wrap(safe(p), room) or [""])]
    body = [*first[1:], *([""] if rest and len(first) >= 1 else []), *rest]
    if not body:
        return [Line(f'"""{first[0]}"""', depth=depth)]
    return [Line(f'"""{first[0]}', depth=depth), *(Line(b, depth=depth if b else 0) for b in body), Line('"""', depth=depth)]


def safe(text: str) -> str:
    """Text that may stand in a docstring."""
    text = text.replace("\\", "\\\\").replace('"""', "'''")
    return text + " " if text.endswith('"') else text
