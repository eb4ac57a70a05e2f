"""Writes the editors' files from the words of the language.

python grammar/editors/make.py
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent))

from invlang.syntax.words import AFTER_A_VALUE, CLAUSES, FIELDS, OBJECTIVES, RESERVED, STATEMENTS  # noqa: E402

CLAUSE_WORDS = tuple(sorted({word for words in CLAUSES.values() for word in words}))
INSIDE = (*OBJECTIVES, *CLAUSE_WORDS, "repeat")
FOLLOWING = (*AFTER_A_VALUE, "when", "python")
CONSTANTS = ("true", "false", "inf", "∞")
NAME = "[A-Za-z_Α-ω][A-Za-z0-9_Α-ω]*"
NUMBER = r"\b[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?\b"
OPERATORS = r"->|→|==|!=|<=|>=|≠|≤|≥|//|[-+*/^@~=|<>∘⊙·×−ᴴ‖]|[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+"


def any_of(words: tuple[str, ...]) -> str:
    return "|".join(words)


def textmate() -> dict:
    rules = [
        ("comment.block.documentation.inv", r"^\s*##.*$"),
        ("comment.line.number-sign.inv", "#.*$"),
        ("string.quoted.double.inv", r'"[^"\n]*"'),
        ("constant.numeric.inv", NUMBER),
        ("keyword.declaration.inv", rf"^\s*(?:{any_of(STATEMENTS)})\b(?=\s+[\w\"])"),
        ("keyword.control.inv", rf"\b(?:{any_of(RESERVED)})\b"),
        ("keyword.control.clause.inv", rf"(?:(?<=[{{;])|^)\s*(?:{any_of(INSIDE)})\b(?!\s*=)"),
        ("keyword.other.inv", rf"(?<=[\w\])}}])\s+(?:{any_of((*FOLLOWING, *CLAUSE_WORDS))})\b(?=\s+[\w\"\[])"),
        ("storage.type.inv", rf"\b(?:{any_of(FIELDS)})\b"),
        ("constant.language.inv", rf"(?:\b(?:{any_of(CONSTANTS[:-1])})\b|∞)"),
        ("entity.name.function.inv", rf"{NAME}(?=\()"),
        ("keyword.operator.inv", OPERATORS),
    ]
    description = {
        "name": "string.quoted.triple.inv",
        "begin": '"""',
        "end": '"""',
    }
    patterns = [description, *({"name": name, "match": match} for name, match in rules)]
    return {"name": "invlang", "scopeName": "source.inv", "fileTypes": ["inv"], "patterns": patterns}


def extension() -> dict:
    return {
        "name": "invlang",
        "displayName": "invlang",
        "description": "The language for inverse problems in imaging",
        "version": "0.1.0",
        "publisher": "invlang",
        "license": "MIT",
        "engines": {"vscode": "^1.70.0"},
        "categories": ["Programming Languages"],
        "contributes": {
            "languages": [
                {"id": "inv", "aliases": ["invlang"], "extensions": [".inv"], "configuration": "./language-configuration.json"}
            ],
            "grammars": [{"language": "inv", "scopeName": "source.inv", "path": "./syntaxes/inv.tmLanguage.json"}],
        },
    }


def language_configuration() -> dict:
    pairs = [["{", "}"], ["[", "]"], ["(", ")"]]
    return {
        "comments": {"lineComment": "#"},
        "brackets": pairs,
        "autoClosingPairs": [*pairs, ['"', '"'], ["‖", "‖"]],
        "surroundingPairs": [*pairs, ['"', '"'], ["‖", "‖"]],
        "wordPattern": f"{NAME}'?",
        "indentationRules": {"increaseIndentPattern": r"\{[^}]*$", "decreaseIndentPattern": r"^\s*\}"},
    }


def vim() -> str:
    def either(words: tuple[str, ...]) -> str:
        return "\\|".join(words)

    def keywords(group: str, words: tuple[str, ...]) -> str:
        return f"syntax keyword {group} {' '.join(words)}"

    return "\n".join(
        [
            '" Vim syntax for invlang, made by grammar/editors/make.py.',
            'if exists("b:current_syntax")',
            "  finish",
            "endif",
            "",
            rf"syntax match invStatement '^\s*\%({either(STATEMENTS)}\)\>\ze\s\+[A-Za-z\"]'",
            keywords("invClause", RESERVED),
            rf"syntax match invClause '\%(^\s*\|[{{;]\s*\)\@<=\%({either(INSIDE)}\)\>'",
            rf"syntax match invClause '\s\zs\%({either((*FOLLOWING, *CLAUSE_WORDS))}\)\>\ze\s\+[A-Za-z0-9\"]'",
            keywords("invType", FIELDS),
            keywords("invConstant", CONSTANTS[:-1]),
            r"syntax match invNumber '\<\d\+\%(\.\d\+\)\?\%([eE][+-]\?\d\+\)\?\>'",
            r"syntax match invOperator '[-+*/^@~=|<>∘⊙·×ᴴ‖→≤≥≠]'",
            "syntax region invString start='\"' end='\"' oneline",
            'syntax region invDescription start=\'"""\' end=\'"""\'',
            "syntax match invComment '#.*$'",
            r"syntax match invDoc '^\s*##.*$'",
            "",
            "highlight default link invStatement Statement",
            "highlight default link invClause Keyword",
            "highlight default link invType Type",
            "highlight default link invConstant Constant",
            "highlight default link invNumber Number",
            "highlight default link invOperator Operator",
            "highlight default link invString String",
            "highlight default link invDescription SpecialComment",
            "highlight default link invComment Comment",
            "highlight default link invDoc SpecialComment",
            "",
            'let b:current_syntax = "inv"',
            "",
        ]
    )


def pygments() -> str:
    def names(words: tuple[str, ...]) -> str:
        lines, line = [], "   "
        for word in words:
            if len(line) + len(word) > 120:
                lines, line = [*lines, line], "   "
            line += f' "{word}",'
        return "\n".join(["(", *lines, line, ")"])

    return f'''"""A Pygments lexer for invlang, made by grammar/editors/make.py."""

from __future__ import annotations

from pygments.lexer import RegexLexer, bygroups, words
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Whitespace

STATEMENTS = {names(STATEMENTS)}
RESERVED = {names(RESERVED)}
INSIDE = {names(INSIDE)}
FOLLOWING = {names((*FOLLOWING, *CLAUSE_WORDS))}
FIELDS = {names(FIELDS)}
CONSTANTS = {names(CONSTANTS)}


class InvLexer(RegexLexer):
    """`.inv` programs: models, estimators and studies of inverse problems."""

    name = "invlang"
    aliases = ["inv", "invlang"]
    filenames = ["*.inv"]
    tokens = {{
        "root": [
            (r"^([ \\t]*)(##.*)", bygroups(Whitespace, Comment.Special)),
            (r"^([ \\t]*)(" + "|".join(STATEMENTS) + r")\\b(?=\\s+[\\w\\"])", bygroups(Whitespace, Keyword.Declaration)),
            (r"^([ \\t]*)(" + "|".join(INSIDE) + r")\\b(?!\\s*=)", bygroups(Whitespace, Keyword)),
            (r"#.*", Comment.Single),
            (r\'"""(?:.|\\n)*?"""\', String.Doc),
            (r\'"[^"\\n]*"\', String.Double),
            (r"[0-9]+(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", Number),
            (words(RESERVED, prefix=r"\\b", suffix=r"\\b"), Keyword),
            (r"(?<=[{{;])(\\s*)(" + "|".join(INSIDE) + r")\\b(?!\\s*=)", bygroups(Whitespace, Keyword)),
            (r"(?<=[\\w\\])}}])(\\s+)(" + "|".join(FOLLOWING) + r")\\b(?=\\s+[\\w\\"\\[])", bygroups(Whitespace, Keyword)),
            (r"\\s+?", Whitespace),
            (words(FIELDS, prefix=r"\\b", suffix=r"\\b"), Keyword.Type),
            (words(CONSTANTS[:-1], prefix=r"\\b", suffix=r"\\b"), Name.Constant),
            (r"∞", Name.Constant),
            (r"([^\\W\\d]\\w*\'?)(?=\\()", Name.Function),
            (r"[^\\W\\d]\\w*\'?", Name),
            (r"->|==|!=|<=|>=|//|\\.\\.\\.|[-+*/^@~=|<>∘⊙·⋅×−→≠≤≥‖₁₂…ᴴ⁻⁰¹²³⁴⁵⁶⁷⁸⁹]", Operator),
            (r"[()\\[\\]{{}},;:.]", Punctuation),
        ],
    }}
'''


def files() -> dict[str, str]:
    """The text of each file, by its path from this folder."""

    def as_text(data: dict) -> str:
        return json.dumps(data, ensure_ascii=False, indent=2) + "\n"

    return {
        "vscode/package.json": as_text(extension()),
        "vscode/language-configuration.json": as_text(language_configuration()),
        "vscode/syntaxes/inv.tmLanguage.json": as_text(textmate()),
        "pygments/invlang_pygments.py": pygments(),
        "vim/syntax/inv.vim": vim(),
        "vim/ftdetect/inv.vim": "autocmd BufRead,BufNewFile *.inv setfiletype inv\n",
    }


def main() -> None:
    for name, text in files().items():
        path = HERE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
