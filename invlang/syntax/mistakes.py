"""Every syntax mistake, and the page that teaches about each."""

from __future__ import annotations

from invlang.syntax import mistakes_characters as characters
from invlang.syntax import mistakes_python as python
from invlang.syntax import mistakes_statements as statements
from invlang.syntax import mistakes_structure as structure
from invlang.syntax.mistake import SyntaxMistake

ALL: tuple[type[SyntaxMistake], ...] = (
    characters.UnknownCharacter,
    characters.UnterminatedText,
    characters.SingleQuotes,
    characters.MalformedNumber,
    characters.NameBeginsWithDigit,
    python.DoubleStar,
    python.DunderName,
    python.PythonStatement,
    python.PythonLambda,
    python.Subscript,
    python.PythonLogic,
    structure.Unclosed,
    structure.ClosesNothing,
    structure.MissingComma,
    structure.MissingEquals,
    structure.WrongSign,
    structure.SpaceOfData,
    structure.GivenWithoutSpace,
    structure.MissingElse,
    statements.MisspeltWord,
    statements.NotAStatement,
    statements.UnknownClause,
    statements.ReservedName,
    structure.UnfinishedLine,
    structure.Unexpected,
    statements.MissingObjective,
    statements.SaidTwice,
    statements.MissingTemplate,
    statements.LateDescription,
    structure.TooDeep,
)

PAGES: dict[str, str] = {kind.code: kind.page for kind in ALL}
