"""The house in tests: imports go down, there are no circles, torch stays where programs run, files are short."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest

HOME = Path(__file__).parent.parent / "invlang"
FILES = sorted(HOME.rglob("*.py"))

# From the bottom up; whatever is not named here (commands, reports, models) stands above all of them.
ROOMS = (
    "source",
    "spelling",
    "bundled",
    "diagnostics",
    "kernels",
    "syntax",
    "graph",
    "meaning",
    "rules",
    "plan",
    "emit",
    "pipeline",
)

MAY_IMPORT_TORCH = {
    "asking.py": "estimators and their models as functions of tensors",
    "choosing.py": "looks at estimates to choose a number",
    "domains.py": "looks into tensors that a caller passes",
    "handles.py": "operators and estimators as functions of tensors",
    "instruments.py": "looks at operators as functions of tensors",
    "instances.py": "makes the compiled module with the caller's tensors",
    "ready.py": "tells the tensors of callers apart",
    "measuring.py": "times a device",
    "model.py": "a loaded program: it is called with tensors",
    "noise.py": "noise laws as functions of tensors",
    "passed.py": "numbers that a caller passes",
    "pictures.py": "known quantities and truths as tensors",
    "run.py": "runs a program",
    "scores.py": "metrics of tensors",
    "seeds.py": "random generators",
    "tensors.py": "what a caller passes, as tensors",
    "trials.py": "dot tests on tensors",
    "truths.py": "the images that a program is tried on",
}
LONGER = {
    "graph/arithmetic.py", "meaning/declarations.py", "meaning/estimators.py", "meaning/mistakes_spaces.py", "meaning/operator_calls.py",
    "plan/choose.py", "plan/lower.py", "plan/module.py", "rules/composition.py", "syntax/tree.py",
}  # fmt: skip


def name_of(path: Path) -> str:
    return path.relative_to(HOME).as_posix()


def module_of(path: Path) -> str:
    parts = ["invlang", *path.relative_to(HOME).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in FILES}


def imported(path: Path, when_run: bool = False) -> Iterator[str]:
    """Every module that a file imports, wherever in the file.  when_run: without what is imported for annotations only."""
    parsed = ast.parse(path.read_text(encoding="utf-8"))
    for node in [n for top in parsed.body if not (when_run and only_for_types(top)) for n in ast.walk(top)]:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in MODULES else node.module for name in inner)


def only_for_types(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def room_of(module: str) -> str:
    return (module.split(".") + [""])[1]


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_imports_go_down(path: Path) -> None:
    room = room_of(module_of(path))
    if room not in ROOMS:
        return
    below = {*ROOMS[: ROOMS.index(room) + 1], ""}
    wrong = [m for m in imported(path) if m.split(".")[0] == "invlang" and room_of(m) not in below]
    assert not wrong, f"{name_of(path)} imports from above: {wrong}"


def test_no_circles() -> None:
    """Two files may name each other's classes in annotations, so such imports do not count here."""
    files = {m: path for m, path in MODULES.items() if m != "invlang"}
    graph = nx.DiGraph((m, to) for m, path in files.items() for to in imported(path, when_run=True) if to in files)
    circles = [sorted(c) for c in nx.strongly_connected_components(graph) if len(c) > 1]
    assert not circles


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_torch_is_only_where_programs_run(path: Path) -> None:
    if name_of(path) not in MAY_IMPORT_TORCH and path.parent.name != "kernels":
        assert "torch" not in {m.split(".")[0] for m in imported(path)}


def test_the_compiler_starts_without_torch() -> None:
    code = "import sys, invlang.pipeline; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=HOME.parent, timeout=900).returncode == 0


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_files_are_short(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= (450 if name_of(path) in LONGER else 300), f"{lines} lines"
