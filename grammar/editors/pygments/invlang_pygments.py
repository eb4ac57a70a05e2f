"""A Pygments lexer for invlang, made by grammar/editors/make.py."""

from __future__ import annotations

from pygments.lexer import RegexLexer, bygroups, words
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Whitespace

STATEMENTS = (
    "use", "dim", "given", "unknown", "let", "data", "observe", "simulate", "network", "operator", "functional",
    "primitive", "noise", "generator", "algorithm", "reconstruct", "train", "evaluate",
)
RESERVED = (
    "by", "solves", "samples", "where", "is", "law", "has", "example", "in", "if", "else",
)
INSIDE = (
    "minimize", "sample", "estimate", "accelerate", "batch", "by", "checkpoint", "epochs", "equilibrium", "implicit",
    "learn", "loss", "metrics", "nonconvex", "on", "optimizer", "report", "seed", "start", "stop", "unroll", "repeat",
)
FOLLOWING = (
    "from", "over", "per", "on", "as", "when", "python", "accelerate", "batch", "by", "checkpoint", "epochs", "equilibrium",
    "implicit", "learn", "loss", "metrics", "nonconvex", "on", "optimizer", "report", "seed", "start", "stop", "unroll",
)
FIELDS = (
    "real", "complex", "binary", "integer", "number", "boolean",
)
CONSTANTS = (
    "true", "false", "inf", "∞",
)


class InvLexer(RegexLexer):
    """`.inv` programs: models, estimators and studies of inverse problems."""

    name = "invlang"
    aliases = ["inv", "invlang"]
    filenames = ["*.inv"]
    tokens = {
        "root": [
            (r"^([ \t]*)(##.*)", bygroups(Whitespace, Comment.Special)),
            (r"^([ \t]*)(" + "|".join(STATEMENTS) + r")\b(?=\s+[\w\"])", bygroups(Whitespace, Keyword.Declaration)),
            (r"^([ \t]*)(" + "|".join(INSIDE) + r")\b(?!\s*=)", bygroups(Whitespace, Keyword)),
            (r"#.*", Comment.Single),
            (r'"""(?:.|\n)*?"""', String.Doc),
            (r'"[^"\n]*"', String.Double),
            (r"[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", Number),
            (words(RESERVED, prefix=r"\b", suffix=r"\b"), Keyword),
            (r"(?<=[{;])(\s*)(" + "|".join(INSIDE) + r")\b(?!\s*=)", bygroups(Whitespace, Keyword)),
            (r"(?<=[\w\])}])(\s+)(" + "|".join(FOLLOWING) + r")\b(?=\s+[\w\"\[])", bygroups(Whitespace, Keyword)),
            (r"\s+?", Whitespace),
            (words(FIELDS, prefix=r"\b", suffix=r"\b"), Keyword.Type),
            (words(CONSTANTS[:-1], prefix=r"\b", suffix=r"\b"), Name.Constant),
            (r"∞", Name.Constant),
            (r"([^\W\d]\w*'?)(?=\()", Name.Function),
            (r"[^\W\d]\w*'?", Name),
            (r"->|==|!=|<=|>=|//|\.\.\.|[-+*/^@~=|<>∘⊙·⋅×−→≠≤≥‖₁₂…ᴴ⁻⁰¹²³⁴⁵⁶⁷⁸⁹]", Operator),
            (r"[()\[\]{},;:.]", Punctuation),
        ],
    }
