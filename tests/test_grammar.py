"""The reference, the editors' files and the words of the language agree with the grammar."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest
from programs_of_the_language import PROGRAMS
from pygments.token import Error, Keyword

from invlang.source import Source
from invlang.syntax import words
from invlang.syntax.format import format_source
from invlang.syntax.parse import parse
from invlang.syntax.tables import load_tables

GRAMMAR = Path(__file__).parent.parent / "grammar"
REFERENCE = (GRAMMAR / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```inv\n(.*?)```", REFERENCE, re.S)
SOFT = {"python", "as", "from", "over", "per", "when", "on", "repeat"}


def module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


@pytest.mark.parametrize("text", BLOCKS, ids=range(len(BLOCKS)))
def test_the_reference_is_right(text: str) -> None:
    program, diagnostics = parse(Source("README.md", text))
    assert not diagnostics and program.statements
    assert format_source(Source("README.md", text)) == text


def test_the_reference_names_every_word() -> None:
    for word in grammar_words():
        assert re.search(rf"\b{word}\b", REFERENCE), word


def grammar_words() -> set[str]:
    terminals = load_tables().terminals
    clauses = set(re.findall(r"[a-z]+", terminals["CLAUSE"]))
    return clauses | {pattern for pattern in terminals.values() if re.fullmatch(r"[a-z]+", pattern)}


def test_words_are_those_of_the_grammar() -> None:
    clauses = {word for block in words.CLAUSES.values() for word in block}
    told = {*words.STATEMENTS, *words.RESERVED, *words.OBJECTIVES, *clauses, *SOFT}
    assert told == grammar_words() and {*words.AFTER_A_VALUE} <= SOFT


def test_statements_are_those_of_the_grammar() -> None:
    tables = load_tables()
    begins = {symbol.lower() for symbol in tables.states[tables.starts["statement"]] if symbol.isupper()}
    assert begins == set(words.STATEMENTS)


def test_editor_files_are_made_from_the_words() -> None:
    for name, text in module(GRAMMAR / "editors" / "make.py").files().items():
        assert (GRAMMAR / "editors" / name).read_text(encoding="utf-8") == text, "run  python grammar/editors/make.py"


@pytest.mark.parametrize("name", ["vscode/syntaxes/inv.tmLanguage.json", "pygments/invlang_pygments.py", "vim/syntax/inv.vim"])
def test_editor_files_know_every_word(name: str) -> None:
    text = (GRAMMAR / "editors" / name).read_text(encoding="utf-8")
    for word in (*grammar_words(), *words.FIELDS):
        assert re.search(rf"\b{word}\b", text), word


def test_extension_points_at_its_files() -> None:
    folder = GRAMMAR / "editors" / "vscode"
    contributes = json.loads((folder / "package.json").read_text(encoding="utf-8"))["contributes"]
    for path in (contributes["grammars"][0]["path"], contributes["languages"][0]["configuration"]):
        json.loads((folder / path).read_text(encoding="utf-8"))
    grammar = json.loads((folder / contributes["grammars"][0]["path"]).read_text(encoding="utf-8"))
    for rule in grammar["patterns"]:
        re.compile(rule.get("match", rule.get("begin")))


@pytest.mark.parametrize("text", PROGRAMS)
def test_pygments_reads_programs(text: str) -> None:
    lexer = module(GRAMMAR / "editors" / "pygments" / "invlang_pygments.py").InvLexer()
    for spelling in (text, format_source(Source("x", text), "unicode")):
        found = list(lexer.get_tokens(spelling))
        assert not [value for kind, value in found if kind is Error]
        assert "".join(value for _, value in found).strip() == spelling.strip()
        heads = {
            line.split()[0] for line in spelling.split("\n") if re.match(r"(let|data|reconstruct|operator|algorithm) ", line)
        }
        assert heads <= {value.strip() for kind, value in found if kind in Keyword}
