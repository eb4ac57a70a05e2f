"""Derivatives of estimates by the implicit function theorem: against finite differences, against rounds one by one, and what they keep."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest
import torch
from torch import Tensor

import invlang
from invlang.errors import InvError

HEAD = """
dim H, W
unknown x : real[H, W]
given   h : real[3, 3] = gaussian_kernel(sigma = 0.5)
let     A = Blur(h, boundary = circular)
data    y ~ Normal(A @ x, sigma = 0.5)
reconstruct r {{ minimize {objective}  by {by}  {word} }}
"""
CASES = {
    "PGD": ("fidelity(y) + 0.5 * norm1(x)", "PGD(iterations = 400)"),
    "FISTA": ("fidelity(y) + 0.5 * norm1(x)", "FISTA(iterations = 600)"),
    "ADMM": ("fidelity(y) + 0.5 * norm1(Gradient(H, W) @ x)", "ADMM(iterations = 500)"),
    "PDHG": ("fidelity(y) + 0.5 * norm1(Gradient(H, W) @ x)", "PDHG(iterations = 1200)"),
    "CondatVu": ("fidelity(y) + 0.5 * norm1(Gradient(H, W) @ x)", "CondatVu(iterations = 1200)"),
    "PD3O": ("fidelity(y) + 0.5 * norm1(Gradient(H, W) @ x)", "PD3O(iterations = 1200)"),
    "LorisVerhoeven": ("fidelity(y) + 0.5 * norm1(Gradient(H, W) @ x)", "LorisVerhoeven(iterations = 1200)"),
    "DRS": ("fidelity(y) + 0.5 * norm1(x)", "DRS(iterations = 400)"),
    "GD": ("fidelity(y) + 2 * sum(Huber(x))", "GD(iterations = 900)"),
    "Nesterov": ("fidelity(y) + 0.5 * sum(Huber(Gradient(H, W) @ x))", "Nesterov(iterations = 500)"),
    "CG": ("fidelity(y) + 0.5 * sq(x)", "CG(iterations = 40)"),
}


def model(case: str, word: str = "implicit") -> invlang.model.Model:
    objective, by = CASES[case]
    return invlang.loads(HEAD.format(objective=objective, by=by, word=word), dtype="float64")


def picture(seed: int = 0) -> Tensor:
    y = torch.rand(7, 6, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    y[2:5, 1:4] += 2
    return y


def slope(function: Callable[[float], Tensor], size: float = 1e-4) -> float:
    """The derivative at 0 by central differences, extrapolated."""
    with torch.no_grad():
        wide, narrow = ((function(h) - function(-h)).item() / (2 * h) for h in (size, size / 2))
    return (4 * narrow - wide) / 3


def module_of(text: str) -> ModuleType:
    found = ModuleType("compiled")
    exec(compile(text, "compiled", "exec"), found.__dict__)
    return found


@pytest.mark.parametrize("case", list(CASES))
def test_derivatives_are_those_of_the_minimiser(case: str) -> None:
    """In the data, in the weight and in the kernel of the blur, against finite differences of the compiled module."""
    compiled = module_of(model(case).source)
    test = picture(1) - 0.5

    def value(y: Tensor, w: Tensor, h: Tensor) -> Tensor:
        found: Tensor = (test * compiled.R(compiled.Program(h=h, H=7, W=6, sigma=0.5), weight=w)(y)).sum()
        return found

    h = torch.outer(*(torch.tensor([0.1, 0.7, 0.2], dtype=torch.float64),) * 2)
    y, w = picture(), torch.tensor(0.5, dtype=torch.float64)
    leaves = [t.clone().requires_grad_() for t in (y, w, h)]
    found = torch.autograd.grad(value(*leaves), leaves)
    along = [torch.randn(t.shape, generator=torch.Generator().manual_seed(2), dtype=torch.float64) for t in (y, w, h)]
    for i, (g, d) in enumerate(zip(found, along, strict=True)):
        moved = lambda s, i=i, d=d: value(*(t + s * d if j == i else t for j, t in enumerate((y, w, h))))
        expected = slope(moved)
        assert abs((g * d).sum().item() - expected) < 2e-6 * (1 + abs(expected)), (i, (g * d).sum().item(), expected)


SEVERAL = {
    "a constraint": (
        "unknown x : real[H, W] in [0, 1]",
        "fidelity(y) + 0.5 * norm1(Gradient(H, W) @ x)",
        "by PDHG(iterations = 900)",
    ),
    "complex images": ("unknown x : complex[H, W]", "fidelity(y) + 0.5 * norm1(x)", "by FISTA(iterations = 500)"),
    "an end by itself": ("unknown x : real[H, W]", "fidelity(y) + 0.5 * norm1(x)", "stop when change < 1e-13"),
    "an inner solve": ("unknown x : real[H, W]", "fidelity(y) + 0.5 * norm1(Gradient(H, W) @ x)", "by ADMM(iterations = 120)"),
}


@pytest.mark.parametrize("case", [pytest.param(c, marks=pytest.mark.slow) if c == "an inner solve" else c for c in SEVERAL])
def test_they_are_those_of_the_rounds_one_by_one(case: str) -> None:
    """A batch, each sample with its own weight, beside the same loop differentiated as it stands."""
    unknown, objective, by = SEVERAL[case]
    edge = "reflect" if case == "an inner solve" else "circular"
    text = f"""
dim H, W
{unknown}
given   h : real[3, 3] = gaussian_kernel(sigma = 0.5)
data    y ~ Normal(Blur(h, boundary = {edge}) @ x, sigma = 0.5)
reconstruct a {{ minimize {objective}  {by}  implicit }}
reconstruct b {{ minimize {objective}  {by} }}
"""
    both = invlang.loads(text, dtype="float64", H=7, W=6)
    y = torch.stack([picture(), picture(1)])
    y = torch.complex(y, picture(2)) if "complex" in case else y
    found = []
    for estimator in (both.a, both.b):
        leaves = y.clone().requires_grad_(), torch.tensor([0.3, 0.6], dtype=torch.float64, requires_grad=True)
        x = estimator(leaves[0], weight=leaves[1])
        found.append((x, *torch.autograd.grad((x * (1 + x).conj()).real.sum(), leaves)))
    for implicit, unrolled in zip(*found, strict=True):
        loose = 500 if case == "an inner solve" else 1  # it makes fewer rounds, each is slow
        torch.testing.assert_close(implicit, unrolled, atol=2e-6 * loose, rtol=2e-5 * loose)


def test_arrays_that_a_model_is_made_of_have_derivatives() -> None:
    """From Python as from the compiled module, call after call; without derivatives the model is made once."""
    objective, by = CASES["FISTA"]
    text, y = HEAD.format(objective=objective, by=by, word="implicit"), picture()

    def value(h: Tensor, sigma: Tensor) -> Tensor:
        found: Tensor = invlang.loads(text, dtype="float64", h=h, sigma=sigma).r(y).square().sum()
        return found

    line = torch.tensor([0.1, 0.7, 0.2], dtype=torch.float64)
    leaves = torch.outer(line, line), torch.tensor(0.5, dtype=torch.float64)
    h, sigma = (v.clone().requires_grad_() for v in leaves)
    model = invlang.loads(text, dtype="float64", h=h, sigma=sigma)
    first, second = (torch.autograd.grad(model.r(y).square().sum(), (h, sigma)) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
    for i, g in enumerate(first):
        d = torch.randn(g.shape, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
        moved = lambda s, i=i, d=d: value(*(v + s * d if j == i else v for j, v in enumerate(leaves)))
        expected = slope(moved)
        assert abs((g * d).sum().item() - expected) < 5e-6 * (1 + abs(expected))


def kept(call: Callable[[], Tensor]) -> int:
    """How many numbers are kept for the derivatives of a call."""
    sizes: list[int] = []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: (sizes.append(t.numel()), t)[1], lambda t: t):
        call()
    return sum(sizes)


@pytest.mark.parametrize("word", ["implicit", ""])
@pytest.mark.parametrize("case", ["FISTA", "PDHG", "CG"])
def test_what_is_kept_does_not_grow_with_the_rounds(case: str, word: str) -> None:
    r, y = model(case, word).r, picture().requires_grad_()
    few, many = kept(lambda: r(y, iterations=20)), kept(lambda: r(y, iterations=80))
    assert many == few if word else many > 3 * few


def test_solves_by_conjugate_gradients_keep_no_steps() -> None:
    """Without a word of it: of an operator's own solve, in the right side, in ρ and in the kernel."""
    text = """
dim H = 7, W = 6
unknown x : real[H, W]
given   h : real[3, 3] = gaussian_kernel(sigma = 0.5)
let     A = Blur(h, boundary = valid)
data    y ~ Normal(A @ x, sigma = 0.5)
"""
    compiled = module_of(invlang.loads(text, dtype="float64").source)
    assert "conjugate_gradient" in compiled.__dict__
    h = torch.rand(3, 3, generator=torch.Generator().manual_seed(4), dtype=torch.float64)

    def value(b: Tensor, rho: Tensor, h: Tensor) -> Tensor:
        found: Tensor = (picture(1) * compiled.Program(h=h).A_solve(b, rho)).sum()
        return found

    leaves = [t.clone().requires_grad_() for t in (picture(), torch.tensor(0.7, dtype=torch.float64), h)]
    assert torch.autograd.gradcheck(value, leaves, atol=1e-6, rtol=1e-5)
    assert kept(lambda: value(*leaves)) < 40 * 42


def test_derivatives_of_derivatives_are_refused() -> None:
    y = picture().requires_grad_()
    (g,) = torch.autograd.grad(model("CG").r(y).square().sum(), y, create_graph=True)
    with pytest.raises(RuntimeError, match="first derivatives only"):
        g.sum().backward()


def test_where_nothing_is_repeated_there_is_nothing_to_be_implicit() -> None:
    with pytest.raises(InvError, match="differentiated as it stands"):
        invlang.loads(
            HEAD.format(objective="", by="", word="").replace("minimize ", "estimate A.H @ y implicit").replace("by ", "")
        )


def test_derivations_say_where_derivatives_come_from() -> None:
    assert "of x = s(x) with a round s" in str(model("PDHG").explain())
    assert "of ∇E(x) = 0" in str(model("CG").explain()) and "derivatives" not in str(model("CG", "").explain())


@pytest.mark.parametrize("case", ["CG", "GD", "FISTA"])
def test_second_derivatives_are_refused_in_words(case: str) -> None:
    """And first ones that are followed are the same as those that are not."""
    m, y = model(case), picture().requires_grad_()
    (first,) = torch.autograd.grad(m.r(y).sum(), y)
    (followed,) = torch.autograd.grad(m.r(y).sum(), y, create_graph=True)
    assert torch.equal(first, followed.detach())
    with pytest.raises(RuntimeError, match="`implicit` tells first derivatives only; for second ones leave it out"):
        torch.autograd.grad(followed.square().sum(), y)


def test_second_derivatives_without_the_word_are_those_of_the_rounds() -> None:
    m = invlang.loads(
        HEAD.format(objective="fidelity(y) + 2 * sum(Huber(x))", by="GD(iterations = 60)", word=""), dtype="float64"
    )
    y = picture()[:3, :3].clone().requires_grad_()
    assert torch.autograd.gradgradcheck(lambda v: m.r(v).square().sum(), y)
