"""Kernels as text: their parameters, their one-line bodies, and everything that a module must carry to call them.

Kernel files are read with ast and never imported: no torch here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

KERNELS = Path(__file__).parent.parent / "kernels"


@dataclass(frozen=True)
class KernelFile:
    """What stands in a kernel file.  constants: tables and classes;  imports: local name → (module, name or None)."""

    stem: str
    functions: dict[str, ast.FunctionDef]
    constants: dict[str, ast.stmt]
    imports: dict[str, tuple[str, str | None]]
    lines: tuple[str, ...]

    def source(self, node: ast.stmt) -> str:
        assert node.end_lineno is not None
        return "\n".join(self.lines[node.lineno - 1 : node.end_lineno])


@cache
def kernel_file(stem: str) -> KernelFile:
    text = (KERNELS / f"{stem}.py").read_text(encoding="utf-8")
    functions, constants, imports = {}, {}, {}
    for node in ast.parse(text).body:
        match node:
            case ast.FunctionDef():
                functions[node.name] = node
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)) | ast.ClassDef(name=name):
                constants[name] = node
            case ast.ImportFrom(module=str(module)) if module != "__future__":
                imports |= {a.asname or a.name: (module, a.name) for a in node.names}
            case ast.Import():
                imports |= {a.asname or a.name.split(".")[0]: (a.name, None) for a in node.names}
    return KernelFile(stem, functions, constants, imports, tuple(text.splitlines()))


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
    arguments = kernel_file(stem).functions[function].args
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(plain) - len(arguments.defaults)) + [ast.unparse(d) for d in arguments.defaults]
    listed = [Parameter(a.arg, d) for a, d in zip(plain, defaults, strict=True)]
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        listed.append(Parameter(argument.arg, ast.unparse(default) if default else None))
    return tuple(listed)


@cache
def one_line_body(stem: str, function: str) -> str | None:
    """The text of `return …` where that is the whole body and simple enough to stand at the call."""
    file = kernel_file(stem)
    body = [s for s in file.functions[function].body if not is_docstring(s)]
    if len(body) != 1 or not isinstance(body[0], ast.Return) or body[0].value is None:
        return None
    returned = body[0].value
    nodes = list(ast.walk(returned))
    if any(isinstance(n, ast.comprehension | ast.Lambda | ast.IfExp | ast.Starred | ast.Slice) for n in nodes):
        return None
    if sum(isinstance(n, ast.Call | ast.BinOp) for n in nodes) > 2:
        return None
    segment = ast.get_source_segment("\n".join(file.lines), returned)
    assert segment is not None
    return re.sub(r",? \)", ")", re.sub(r"\( ", "(", re.sub(r"\s*\n\s*", " ", segment)))


def is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def names_in(node: ast.AST) -> list[str]:
    return [n.id for n in ast.walk(node) if isinstance(n, ast.Name)]


@cache
def names_of(stem: str, name: str) -> list[str]:
    """What a function or constant of a file refers to."""
    file = kernel_file(stem)
    return names_in(file.functions.get(name) or file.constants[name])


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
        node = file.functions.get(name) or file.constants.get(name)
        if node is None or (stem, name) in texts:
            if node is None and name in file.imports:
                visit_import(*file.imports[name], name)
            return
        texts[stem, name] = table_text(file, name, node, literals)
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


def table_text(file: KernelFile, name: str, node: ast.stmt, literals: frozenset[str]) -> str:
    """The source; of a constant that is a table by names, only the entries in use."""
    value = getattr(node, "value", None)
    if not isinstance(value, ast.Dict) or isinstance(node, ast.FunctionDef):
        return file.source(node)
    entries = [(k, v) for k, v in zip(value.keys, value.values, strict=True) if isinstance(k, ast.Constant)]
    kept = [(k.value, v) for k, v in entries if k.value in literals]
    if not kept:
        return file.source(node)
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
