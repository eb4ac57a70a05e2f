"""Kernels as text: their parameters, their one-line bodies, and everything that a module must carry to call them.

Kernel files are read with ast and never imported: no torch here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import CodeType

KERNELS = Path(__file__).parent.parent / "kernels"


@dataclass(frozen=True)
class KernelFile:
    """What stands in a kernel file, each as its text.  constants: tables and classes;  imports: local name → (module, name)."""

    functions: dict[str, str]
    constants: dict[str, str]
    imports: dict[str, tuple[str, str | None]]


STATEMENT = re.compile(r"^(?:#|(?:@.*\n)*(?:def|class) |from |import |[A-Z_a-z]\w*(?:: [^=\n]+)? = )", re.MULTILINE)

NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*")


@cache
def kernel_file(stem: str) -> KernelFile:
    """The file cut before each statement at its margin: only what a module calls is parsed."""
    _, _, text = (KERNELS / f"{stem}.py").read_text(encoding="utf-8").split('"""', 2)
    starts = [m.start() for m in STATEMENT.finditer(text)] + [len(text)]
    functions, constants, imports = {}, {}, {}
    for start, end in pairwise(starts):
        statement = text[start:end].rstrip()
        if statement.startswith("#"):
            continue
        if statement.startswith(("from ", "import ")):
            imports |= imported(ast.parse(statement).body[0])
        elif bare(statement).startswith("def "):
            functions[name_of(statement)] = statement
        else:
            constants[name_of(statement)] = statement
    return KernelFile(functions, constants, imports)


def bare(statement: str) -> str:
    """A definition without its decorators."""
    return re.sub(r"^(?:@.*\n)+", "", statement)


def name_of(statement: str) -> str:
    return re.findall(r"\w+", bare(statement).removeprefix("def ").removeprefix("class "))[0]


def imported(node: ast.stmt) -> dict[str, tuple[str, str | None]]:
    match node:
        case ast.ImportFrom(module=str(module)) if module != "__future__":
            return {a.asname or a.name: (module, a.name) for a in node.names}
        case ast.Import():
            return {a.asname or a.name.split(".")[0]: (a.name, None) for a in node.names}
    return {}


def parsed_function(stem: str, name: str) -> ast.FunctionDef:
    found = parsed(stem, name)
    assert isinstance(found, ast.FunctionDef)
    return found


@cache
def parsed(stem: str, name: str) -> ast.stmt:
    return ast.parse(text_of(stem, name)).body[0]


def text_of(stem: str, name: str) -> str:
    file = kernel_file(stem)
    return file.functions.get(name) or file.constants[name]


@cache
def kernel_index() -> dict[str, str]:
    """Each kernel function's file."""
    found: dict[str, str] = {}
    for path in sorted(KERNELS.glob("*.py")):
        for name in re.findall(r"^def (\w+)\(", path.read_text(encoding="utf-8"), re.MULTILINE):
            found.setdefault(name, path.stem)
    return found


@dataclass(frozen=True)
class Parameter:
    """A parameter of a kernel; default: its text, or None."""

    name: str
    default: str | None


@cache
def parameters_of(stem: str, function: str) -> tuple[Parameter, ...]:
    arguments = parsed_function(stem, function).args
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(plain) - len(arguments.defaults)) + [ast.unparse(d) for d in arguments.defaults]
    listed = [Parameter(a.arg, d) for a, d in zip(plain, defaults, strict=True)]
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        listed.append(Parameter(argument.arg, ast.unparse(default) if default else None))
    return tuple(listed)


@cache
def one_line_body(stem: str, function: str) -> str | None:
    """The text of `return …` where that is the whole body and simple enough to stand at the call."""
    whole = parsed_function(stem, function)
    body = [s for s in whole.body if not is_docstring(s)]
    if whole.decorator_list or len(body) != 1 or not isinstance(body[0], ast.Return) or body[0].value is None:
        return None
    returned = body[0].value
    nodes = list(ast.walk(returned))
    if any(isinstance(n, ast.comprehension | ast.Lambda | ast.IfExp | ast.Starred | ast.Slice) for n in nodes):
        return None
    if sum(isinstance(n, ast.Call | ast.BinOp) for n in nodes) > 2:
        return None
    segment = ast.get_source_segment(kernel_file(stem).functions[function], returned)
    assert segment is not None
    return re.sub(r",? \)", ")", re.sub(r"\( ", "(", re.sub(r"\s*\n\s*", " ", segment)))


def is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


@cache
def names_of(stem: str, name: str) -> list[str]:
    """What a function or constant of a file refers to, in order."""
    text = text_of(stem, name)
    names = global_names(compile(text, stem, "exec"))
    return [n for n in dict.fromkeys(NAME.findall(text)) if n in names]


def global_names(code: CodeType) -> set[str]:
    """The names that code looks up outside itself, and those of attributes."""
    inner = (c for c in code.co_consts if isinstance(c, CodeType))
    return set(code.co_names).union(*map(global_names, inner))


@dataclass(frozen=True)
class Pasted:
    """What a module carries: texts of functions and constants in order, and import lines."""

    texts: tuple[str, ...]
    imports: tuple[str, ...]


def paste(requests: Iterable[tuple[str, str]], literals: frozenset[str] = frozenset()) -> Pasted:
    """The functions (stem, name) with all they call.  literals: the strings in use, other entries of tables are left out."""
    texts: dict[tuple[str, str], str] = {}
    imports: dict[str, None] = {}

    def visit(stem: str, name: str) -> None:
        file = kernel_file(stem)
        if name in file.imports:
            visit_import(*file.imports[name], name)
        text = file.functions.get(name) or file.constants.get(name)
        if text is None or (stem, name) in texts:
            return
        texts[stem, name] = text if name in file.functions else table_text(stem, name, literals)
        for used in names_of(stem, name):
            visit(stem, used)

    def visit_import(module: str, name: str | None, local: str) -> None:
        if module.startswith("invlang.kernels.") and name:
            visit(module.rpartition(".")[2], name)
        elif name is None:
            imports[f"import {module}" if local == module.split(".")[0] else f"import {module} as {local}"] = None
        else:
            imports[f"from {module} import {name}" + (f" as {local}" if local != name else "")] = None

    for stem, name in requests:
        visit(stem, name)
    return Pasted(tuple(texts.values()), tuple(imports))


def table_text(stem: str, name: str, literals: frozenset[str]) -> str:
    """The source of a constant; of a table by names, only the entries in use."""
    whole = kernel_file(stem).constants[name]
    value = getattr(parsed(stem, name), "value", None)
    if not isinstance(value, ast.Dict):
        return whole
    entries = [(k, v) for k, v in zip(value.keys, value.values, strict=True) if isinstance(k, ast.Constant)]
    kept = [(k.value, v) for k, v in entries if k.value in literals]
    if not kept:
        return whole
    lines = [f"{name} = {{"]
    for key, item in kept:
        lines += [f'    "{key}": (', *number_rows(ast.literal_eval(item)), "    ),"]
    return "\n".join([*lines, "}"])


def number_rows(numbers: tuple[float, ...]) -> list[str]:
    rows, row = [], "       "
    for number in numbers:
        if len(row) + len(repr(number)) + 2 > 110:
            rows.append(row)
            row = "       "
        row += f" {number!r},"
    return [*rows, row]
