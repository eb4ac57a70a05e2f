"""Tests that kernels can be pasted: each function needs only torch and the functions of its own file."""

import ast
import builtins
from pathlib import Path

import pytest

import invlang.kernels

FOLDER = Path(invlang.kernels.__file__).parent
STEMS = ("fields", "fourier", "cosine", "borders", "differences", "wavelets", "selection", "channels", "dense", "functionals",
         "iterative", "newton", "special", "random", "metrics", "filters", "masks", "diffraction", "tomography")  # fmt: skip


def functions_of(stem):
    tree = ast.parse((FOLDER / f"{stem}.py").read_text(encoding="utf-8"))
    return tree, {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def names_stored(node):
    stored = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return stored | {n.arg for n in ast.walk(node) if isinstance(n, ast.arg)}


@pytest.mark.parametrize("stem", STEMS)
def test_a_kernel_file_holds_only_imports_of_torch_and_functions(stem):
    tree, _ = functions_of(stem)
    for node in tree.body[1:]:
        assert isinstance(node, ast.FunctionDef) or ast.unparse(node) in ("import torch", "from torch import Tensor")


@pytest.mark.parametrize("stem", STEMS)
def test_a_kernel_needs_only_torch_and_its_own_file(stem):
    _, functions = functions_of(stem)
    for name, node in functions.items():
        local = names_stored(node)
        assert not local & set(functions), f"{name} hides a function of its file"
        free = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} - local
        assert free <= {"torch", "Tensor", *functions, *dir(builtins)}, name


@pytest.mark.parametrize("stem", STEMS)
def test_a_kernel_is_documented_and_short(stem):
    _, functions = functions_of(stem)
    for name, node in functions.items():
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
