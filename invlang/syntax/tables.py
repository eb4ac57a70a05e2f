"""The parser's tables: read from beside the grammar, or made from the grammar where they are older than it.

`python -m invlang.syntax.tables` writes them.  Nothing depends on their file but the time it takes to start (lark needs 0.2 s).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

STARTS = ("statement", "formula")
SHIFT, REDUCE = 0, 1


@dataclass(frozen=True)
class Rule:
    """origin -> size symbols.  action: the function of build.py that makes its node, "" to pass the only child on, or "*"
    to splice the children into the parent.  missing: where a None stands for what was left out."""

    origin: str
    size: int
    action: str
    missing: tuple[int, ...]
    only_if_many: bool


@dataclass(frozen=True)
class Tables:
    """states[s][symbol]: n >= 0 shifts (or goes) to state n; n < 0 reduces by rules[-1 - n].
    starts, ends: the first and last state of each start symbol; terminals: each one's regular expression."""

    states: tuple[dict[str, int], ...]
    rules: tuple[Rule, ...]
    starts: dict[str, int]
    ends: dict[str, int]
    terminals: dict[str, str]


def grammar_path() -> Path:
    """inv.lark: inside an installed package, or beside the package in a checkout."""
    package = Path(__file__).resolve().parent.parent
    for place in (package / "grammar", package.parent / "grammar"):
        if (place / "inv.lark").is_file():
            return place / "inv.lark"
    raise FileNotFoundError("the grammar inv.lark is missing from this installation")


@cache
def load_tables() -> Tables:
    """The tables of the grammar as it stands."""
    path = grammar_path()
    text = path.read_text(encoding="utf-8")
    stored = path.with_name("tables.json")
    if stored.is_file():
        data = json.loads(stored.read_text(encoding="utf-8"))
        if data["grammar"] == fingerprint(text):
            return _unpacked(data)
    return _unpacked(make_tables(text))


def fingerprint(grammar: str) -> str:
    return sha256(grammar.replace("\r\n", "\n").encode()).hexdigest()[:16]


def _unpacked(data: dict) -> Tables:
    symbols = data["symbols"]
    states = tuple({symbols[s]: n for s, n in zip(row[::2], row[1::2], strict=True)} for row in data["states"])
    rules = tuple(Rule(origin, size, action, tuple(missing), many) for origin, size, action, missing, many in data["rules"])
    return Tables(states, rules, data["starts"], data["ends"], data["terminals"])


def make_tables(grammar: str) -> dict:
    """LALR(1) tables by lark, in a form that is the same on every machine."""
    from lark import Lark
    from lark.lexer import Lexer

    class NoLexer(Lexer):
        def __init__(self, conf: object):
            self.conf = conf

        def lex(self, lexer_state: Any, parser_state: Any) -> Any:
            return lexer_state

    lark = Lark(grammar, parser="lalr", lexer=NoLexer, start=list(STARTS), keep_all_tokens=True)
    table = lark.parser.parser._parse_table
    return {
        "grammar": fingerprint(grammar),
        "terminals": {t.name: t.pattern.to_regexp() for t in sorted(lark.terminals, key=lambda t: t.name)},
        **_packed(table),
    }


def _packed(table) -> dict:
    """States numbered in the order a walk from the starts meets them, symbols and rules in alphabetical order."""
    order = _walk(table)
    number = {state: i for i, state in enumerate(order)}
    rules = sorted({arg for row in table.states.values() for _, arg in row.values() if not isinstance(arg, int)}, key=_rule_key)
    reduction = {rule: -1 - i for i, rule in enumerate(rules)}
    symbols = sorted({symbol for row in table.states.values() for symbol in row})
    index = {symbol: i for i, symbol in enumerate(symbols)}
    states = []
    for state in order:
        row = sorted(table.states[state].items())
        states.append([n for symbol, (_, arg) in row for n in (index[symbol], number[arg] if arg in number else reduction[arg])])
    return {
        "symbols": symbols,
        "rules": [_packed_rule(rule) for rule in rules],
        "starts": {name: number[s] for name, s in sorted(table.start_states.items())},
        "ends": {name: number[s] for name, s in sorted(table.end_states.items())},
        "states": states,
    }


def _walk(table) -> list[int]:
    order = [table.start_states[name] for name in STARTS]
    for state in order:
        for _, (_, arg) in sorted(table.states[state].items(), key=lambda entry: entry[0]):
            if isinstance(arg, int) and arg not in order:
                order.append(arg)
    return order


def _rule_key(rule) -> tuple:
    return (rule.origin.name, [s.name for s in rule.expansion], rule.alias or "", rule.options.empty_indices)


def _packed_rule(rule) -> list:
    name = rule.origin.name
    action = "*" if name.startswith("_") else (rule.alias or name)
    only_if_many = bool(rule.options.expand1) and rule.alias is None
    return [name, len(rule.expansion), action, _missing(rule.options.empty_indices), only_if_many]


def _missing(empty_indices) -> list[int]:
    """Where, among a rule's children, each None goes."""
    return [i for i, is_empty in enumerate(empty_indices) if is_empty]


def main() -> None:
    path = grammar_path()
    made = make_tables(path.read_text(encoding="utf-8"))
    path.with_name("tables.json").write_text(json.dumps(made, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
