"""Tests that kernels can be pasted: each function needs only torch and the functions of its own file.

Two things more are allowed, each for one reason. A class, where it is a `torch.autograd.Function`: a derivative that automatic
differentiation cannot find, because a library outside torch calculates the values, has no other spelling. And an import of such a
library inside a function that does without it: within `try`, with whatever goes wrong leading to the way that is torch alone.
"""

import ast
import builtins
from pathlib import Path

import pytest

import invlang.kernels
from invlang.emit.paste import kernel_file

FOLDER = Path(invlang.kernels.__file__).parent
STEMS = ("fields", "fourier", "cosine", "borders", "differences", "wavelets", "selection", "channels", "dense", "functionals",
         "iterative", "newton", "special", "random", "metrics", "filters", "masks", "diffraction", "tomography", "ultrasound", "scanners", "nonuniform",
         "splitting", "blurs", "optics", "phantoms", "levels", "coils", "films", "trajectories", "thresholds", "neighbours", "memory", "blur", "hadamard")  # fmt: skip
OPTIONAL = {"nonuniform": {"finufft"}}


def functions_of(stem):
    tree = ast.parse((FOLDER / f"{stem}.py").read_text(encoding="utf-8"))
    return tree, {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def classes_of(stem):
    return {node.name: node for node in functions_of(stem)[0].body if isinstance(node, ast.ClassDef)}


def is_derivative(node):
    """A class that says the derivative of a map, and nothing else."""
    is_function = isinstance(node, ast.ClassDef) and [ast.unparse(b) for b in node.bases] == ["torch.autograd.Function"]
    return is_function and [n.name for n in node.body[1:] if isinstance(n, ast.FunctionDef)] == ["forward", "backward"]


def guarded_imports(node):
    """The libraries that a function imports and does without: within `try`, and anything that goes wrong is caught."""
    guards = [n for n in ast.walk(node) if isinstance(n, ast.Try) and [ast.unparse(h.type) for h in n.handlers] == ["Exception"]]
    return {a.name for g in guards for n in g.body if isinstance(n, ast.Import) for a in n.names}


def names_stored(node):
    stored = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return stored | {n.arg for n in ast.walk(node) if isinstance(n, ast.arg)}


@pytest.mark.parametrize("stem", STEMS)
def test_a_kernel_file_holds_only_imports_of_torch_and_functions(stem):
    tree, _ = functions_of(stem)
    for node in tree.body[1:]:
        is_import = ast.unparse(node) in ("import torch", "from torch import Tensor")
        assert isinstance(node, ast.FunctionDef) or is_import or is_derivative(node)


@pytest.mark.parametrize("stem", STEMS)
def test_a_kernel_needs_only_torch_and_its_own_file(stem):
    _, functions = functions_of(stem)
    classes = classes_of(stem)
    for name, node in {**functions, **classes}.items():
        local = names_stored(node)
        assert not local & {*functions, *classes}, f"{name} hides a function of its file"
        imported = guarded_imports(node)
        assert imported <= OPTIONAL.get(stem, set()), name
        free = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} - local - imported
        assert free <= {"torch", "Tensor", *functions, *classes, *dir(builtins)}, name


@pytest.mark.parametrize("stem", STEMS)
def test_a_kernel_imports_nothing_but_what_it_does_without(stem):
    tree, functions = functions_of(stem)
    inside = {a.name for f in functions.values() for n in ast.walk(f) if isinstance(n, ast.Import) for a in n.names}
    assert inside == {i for f in functions.values() for i in guarded_imports(f)}
    assert not any(isinstance(n, ast.ImportFrom) for f in functions.values() for n in ast.walk(f))


@pytest.mark.parametrize("stem", STEMS)
def test_a_kernel_is_documented_and_short(stem):
    _, functions = functions_of(stem)
    for name, node in {**functions, **classes_of(stem)}.items():
        assert ast.get_docstring(node), name
        assert node.end_lineno - node.lineno < 35, name


@pytest.mark.parametrize("stem", STEMS)
def test_a_kernel_of_one_line_names_each_tensor_once_so_that_it_can_stand_at_the_call(stem):
    _, functions = functions_of(stem)
    for name, node in functions.items():
        tensors = {a.arg for a in node.args.args if a.annotation and ast.unparse(a.annotation) == "Tensor"}
        if len(node.body) == 2 and isinstance(node.body[1], ast.Return):
            used = [n.id for n in ast.walk(node.body[1]) if isinstance(n, ast.Name) and n.id in tensors]
            assert len(used) == len(set(used)), name


def test_no_two_kernels_have_one_name():
    names = [name for stem in STEMS for name in functions_of(stem)[1]]
    assert len(names) == len(set(names))


def test_every_adjoint_has_its_forward():
    for stem in STEMS:
        functions = functions_of(stem)[1]
        assert all(name.removesuffix("_adjoint") in functions for name in functions)


@pytest.mark.parametrize("path", [FOLDER / f"{stem}.py" for stem in STEMS], ids=STEMS)
def test_a_file_is_cut_where_its_statements_stand(path: Path) -> None:
    file = kernel_file(path.stem)
    named = [n for n in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    assert set(file.functions) == {n.name for n in named if isinstance(n, ast.FunctionDef)}
    for name, text in (file.functions | file.constants).items():
        (statement,) = ast.parse(text).body
        assert getattr(statement, "name", name) == name
