"""The Python interface: operators, estimators, sizes, mistakes."""

from __future__ import annotations

import io
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from commands import TINY, WRONG

import invlang
from invlang import InvError

OPEN = TINY.replace("dim H = 20, W = 24", "dim H, W")
MASKED = """
dim H, W
unknown x : complex[H, W]
given   m : binary[1, W]
given   weight : real
let     A = Diagonal(m) @ Fourier(H, W)
data    y ~ Normal(A @ x, sigma = 0.1)
reconstruct source { minimize fidelity(y) + weight * Tikhonov(x) }
"""


@pytest.fixture(scope="module")
def m():
    return invlang.loads(OPEN)


@pytest.fixture(scope="module")
def x():
    return torch.rand(2, 16, 12, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def test_operators_are_functions_of_batches(m, x):
    y = m.A(x)
    assert y.shape == x.shape and y.dtype == torch.float64
    torch.testing.assert_close(m.A(x[0]), y[0])
    other = torch.randn_like(y)
    torch.testing.assert_close((y * other).sum(), (x * m.A.H(other)).sum())
    torch.testing.assert_close(m.A.gram(x), m.A.H(y))
    rho = torch.tensor([0.5, 2.0], dtype=torch.float64)
    solved = m.A.solve(x, rho)
    torch.testing.assert_close(m.A.gram(solved) + rho[:, None, None] * solved, x)
    torch.testing.assert_close(m.A.solve(x, 0.5)[0], solved[0])
    assert m.A.H.H is m.A


def test_pinv_is_the_shortest_solution(m, x):
    torch.testing.assert_close(m.A(m.A.pinv(m.A(x))), m.A(x), rtol=1e-5, atol=1e-6)


def test_the_norm_needs_sizes_only_where_it_depends_on_them():
    assert invlang.loads(TINY).A.norm == pytest.approx(1.0, abs=1e-6)
    assert invlang.loads(OPEN, H=16, W=12).A.norm == pytest.approx(1.0, abs=1e-6)


def test_simulate_is_seeded(m, x):
    y = m.simulate(x, seed=3)["y"]
    assert torch.equal(y, m.simulate(x=x, seed=3)["y"]) and not torch.equal(y, m.simulate(x, seed=4)["y"])
    assert (y - m.A(x)).std() == pytest.approx(0.02, rel=0.2)


def test_estimators_are_modules(m, x):
    y = m.simulate(x)["y"]
    assert isinstance(m.tv, torch.nn.Module)
    found = m.tv(y)
    assert found.shape == x.shape and found.dtype == torch.float64
    assert (m.tv.objective(found, y) < m.tv.objective(x, y)).all()
    assert torch.equal(m.tv({"y": y}), found)
    assert not torch.equal(m.tv(y, iterations=3), found)
    torch.testing.assert_close(m.tv.with_numbers(iterations=3)(y), m.tv(y, iterations=3))
    torch.testing.assert_close(m.tv(y[0]), found[0], rtol=1e-6, atol=1e-6)


def test_precision_and_device_follow_what_is_passed(m, x):
    assert m.A(x.float()).dtype == torch.float32
    assert m.A(x.numpy()).dtype == torch.float64
    assert m.A(np.ones((16, 12), dtype=np.uint8)).dtype == torch.float32
    assert invlang.loads(OPEN, dtype="float64").A(x.float()).dtype == torch.float64
    estimator = invlang.loads(OPEN).tv
    assert estimator.to(torch.float64)(x.float(), iterations=2).dtype == torch.float64
    meta = invlang.loads(OPEN, device="cpu").tv
    assert meta(x, iterations=2).device.type == "cpu"


def test_sizes_do_not_depend_on_earlier_calls(m, x):
    wide = torch.rand(20, 30, dtype=torch.float64)
    first = m.A(x)
    assert m.A(wide).shape == wide.shape
    assert torch.equal(m.A(x), first)


def test_arrays_of_many_kinds(m, x):
    reversed_view = x.numpy()[:, ::-1]
    torch.testing.assert_close(m.A(reversed_view), m.A(x.flip(1)))
    big_endian = x.numpy().astype(">f8")
    torch.testing.assert_close(m.A(big_endian), m.A(x))
    torch.testing.assert_close(m.A(x.tolist()), m.A(x), check_dtype=False)


def test_givens_are_keyword_arguments(x):
    kernel = np.zeros((3, 3))
    kernel[1, 1] = 2.0
    m = invlang.loads(OPEN, h=kernel, sigma=0.5)
    torch.testing.assert_close(m.A(x), 2 * x)
    assert (m.simulate(x)["y"] - 2 * x).std() == pytest.approx(0.5, rel=0.2)


def test_masks_and_names_that_clash():
    mask = np.array([[1, 0, 1, 1, 0]])
    m = invlang.loads(MASKED, m=mask, weight=0.3)
    x = torch.randn(6, 5, dtype=torch.complex128)
    assert (m.A(x)[:, 1] == 0).all()
    assert isinstance(m.source, str)
    y = m.simulate(x)["y"]
    assert m["source"](y).shape == (6, 5)
    assert m.A(torch.ones(6, 5)).is_complex()


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda: invlang.loads(WRONG), "did you mean `Blur`"),
        (lambda: invlang.loads(OPEN, sigmaa=1), "did you mean `sigma`"),
        (lambda: invlang.loads(OPEN, h=np.ones((3, 4))), "3 × 4"),
        (lambda: invlang.loads(OPEN, h=np.ones(3)), "has 1 axis"),
        (lambda: invlang.loads(OPEN, h=np.ones((3, 3)) * 1j), "is complex"),
        (lambda: invlang.loads(OPEN, h="kernel"), "not numbers"),
        (lambda: invlang.loads(OPEN, H=2.5), "no whole number"),
        (lambda: invlang.loads(OPEN, sigma="big"), "is none"),
        (lambda: invlang.loads(OPEN, dtype="float8"), "no precision"),
        (lambda: invlang.loads(OPEN, device="quantum"), "there is no device"),
        (lambda: invlang.loads(TINY, H=21), "`H` is 20 in the program"),
        (lambda: invlang.loads(MASKED, m=[[1, 2, 0]]), "other numbers than 0 and 1"),
        (lambda: invlang.loads(MASKED, weight=1).A(torch.ones(6, 5)), "`m` was not given"),
        (lambda: invlang.loads(MASKED, m=[[1, 0, 1]], weight=1).A(torch.ones(6, 5)), "W = 3 (m)"),
        (lambda: invlang.loads(TINY).A(torch.ones(20, 25)), "24"),
        (lambda: invlang.loads(OPEN).A(torch.ones(20, 25) * 1j), "is complex"),
        (lambda: invlang.loads(OPEN).A.solve(torch.ones(20, 25), -1), "below zero"),
        (lambda: invlang.loads(OPEN).tv(torch.ones(20, 25), rounds=3), "no parameter `rounds`"),
        (lambda: invlang.loads(OPEN).tv(torch.ones(20, 25), torch.ones(20, 25)), "takes 1 measurement: y"),
        (lambda: invlang.loads(OPEN).simulate(z=torch.ones(20, 25)), "there is no unknown `z`"),
        (lambda: invlang.loads(OPEN).explain("tw"), "did you mean `tv`"),
        (lambda: invlang.load("nothere.inv"), "there is no file"),
    ],
)
def test_mistakes_are_one_kind_of_error_in_words(act, said):
    with pytest.raises(InvError) as caught:
        act()
    assert said in str(caught.value)
    assert isinstance(caught.value, ValueError)
    assert "Tensor" not in str(caught.value)


def test_unknown_names_are_attribute_and_key_errors(m):
    with pytest.raises(AttributeError, match="did you mean `tv`"):
        m.tw  # noqa: B018
    with pytest.raises(KeyError, match="there is no `nothing`"):
        m["nothing"]


def test_what_can_be_read(m):
    assert "class Program(nn.Module)" in m.source
    assert "What is sought" in str(m.explain("tv")) and m.explain()._repr_html_().startswith("<!doctype html>")
    assert str(m.graph()).startswith("<svg") and "SVG" in repr(m.graph())
    assert repr(m).splitlines()[0] == "program.inv" and "needs h" not in repr(m)
    assert "needs m : binary[1, W]" in repr(invlang.loads(MASKED))
    assert m._repr_html_().count("<details>") == 2
    assert repr(m.A) == "A : real[H, W] → real[H, W]"
    assert "tv" in dir(m) and "A" in dir(m)


def test_the_source_is_what_runs(m, x, tmp_path):
    namespace: dict = {}
    exec(compile(m.source, "module.py", "exec"), namespace)
    model = namespace["Program"](H=16, W=12)
    torch.testing.assert_close(model.A(x.float()), m.A(x.float()))


def test_levels_agree(x):
    simple, clever = invlang.loads(OPEN, level=0), invlang.loads(OPEN)
    y = clever.simulate(x)["y"]
    torch.testing.assert_close(simple.A.gram(x), clever.A.gram(x))
    torch.testing.assert_close(simple.tv(y, iterations=5), clever.tv(y, iterations=5))


def test_files_are_read_below_the_program(tmp_path: Path):
    np.save(tmp_path / "kernel.npy", np.ones((3, 3)) / 9)
    text = OPEN.replace("gaussian_kernel(sigma = 0.8)", 'load("kernel.npy")')
    (tmp_path / "p.inv").write_text(text, encoding="utf-8")
    m = invlang.load(tmp_path / "p.inv")
    torch.testing.assert_close(m.A(torch.ones(8, 8)), torch.ones(8, 8))
    with pytest.raises(InvError, match="outside"):
        invlang.loads(text.replace("kernel.npy", "/etc/kernel.npy"), folder=tmp_path)
    buffer = io.BytesIO()
    pickle.dump([1], buffer)
    (tmp_path / "kernel.npy").write_bytes(buffer.getvalue())
    with pytest.raises(InvError, match="kernel.npy"):
        invlang.load(tmp_path / "p.inv")


class Shell:
    """As much of a notebook as the magic needs."""

    def __init__(self):
        self.names, self.magics = {"kernel": np.ones((3, 3)) / 9}, {}

    def register_magic_function(self, function, magic_kind, magic_name):
        self.magics[magic_kind, magic_name] = function

    def ev(self, text):
        return eval(text, self.names)

    def push(self, names):
        self.names |= names


def test_the_notebook_magic(capsys):
    shell = Shell()
    invlang.load_ipython_extension(shell)
    inv = shell.magics["cell", "inv"]
    assert inv("blurred h=kernel", OPEN) is shell.names["blurred"]
    torch.testing.assert_close(shell.names["blurred"].A(torch.ones(8, 8)), torch.ones(8, 8))
    assert inv("", WRONG) is None and "did you mean `Blur`" in capsys.readouterr().out


def test_what_is_passed_again_meets_the_same_model_and_other_looks_another_one() -> None:
    m = invlang.loads("dim H, W\nunknown x : real[H, W]\nlet A = Gradient(H, W)\ndata y ~ Normal(A @ x, sigma = 0.1)\n")
    x = torch.rand(5, 4, dtype=torch.float64)
    assert torch.equal(m.A(x), m.A(x)) and m.A(x).dtype == torch.float64
    assert m.A(x.float()).dtype == torch.float32 and m.A(x[:3]).shape == (2, 3, 4) and m.A(x[None]).shape == (1, 2, 5, 4)
    again = m.A(x.numpy())
    torch.testing.assert_close(again, m.A(x))
    with pytest.raises(invlang.InvError, match="complex"):
        m.A(x + 0j)


def test_what_is_known_holds_no_nan():
    """A kernel with a hole would make every pixel none."""
    text = "dim H, W, p\nunknown x : real[H, W]\ngiven h : real[p, p]\ndata y ~ Normal(Blur(h) @ x, sigma = 0.1)\n"
    h = torch.full((3, 3), 1 / 9)
    h[1, 2] = torch.nan
    with pytest.raises(invlang.InvError, match="`h` holds NaN, which is no number, in one entry"):
        invlang.loads(text, h=h)
