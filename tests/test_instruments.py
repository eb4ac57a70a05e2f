"""Instruments against dense linear algebra."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from commands import invlang
from PIL import Image

from invlang import instruments, loads

SMALL = """
dim H = 12, W = 10
unknown x : real[H, W]
given   h : real[3, 3] = gaussian_kernel(sigma = 0.8)
let     A = OPERATOR
data    y ~ Normal(A @ x, sigma = 0.02)
simulate x = image("camera")
reconstruct r { minimize fidelity(y) + 3 * TV(x) }
"""
BLUR, LESS = "Blur(h, boundary = circular)", "Downsample(H, W, factor = 2) @ Blur(h, boundary = circular)"


def operator_of(text: str):
    return loads(SMALL.replace("OPERATOR", text)).A


def matrix(operator) -> np.ndarray:
    units = torch.eye(120, dtype=torch.float64).reshape(120, 12, 10)
    return operator(units).reshape(120, -1).numpy().T


@pytest.mark.parametrize("text", [BLUR, LESS])
def test_singular_values_and_condition_are_those_of_the_matrix(text: str) -> None:
    operator = operator_of(text)
    expected = np.linalg.svd(matrix(operator), compute_uv=False)
    found, told = instruments.spectrum(operator), instruments.condition(operator)
    assert found.whole and np.allclose(found.values, expected)
    assert told.exact and told.largest == pytest.approx(expected[0])
    assert told.least == pytest.approx(expected[-1] if text == BLUR else 0)


def test_a_large_operator_shows_its_leading_values(monkeypatch: pytest.MonkeyPatch) -> None:
    operator = operator_of(LESS)
    expected = np.linalg.svd(matrix(operator), compute_uv=False)
    monkeypatch.setattr(instruments, "DENSE", 10)
    monkeypatch.setattr(instruments, "LEADING", 6)
    found = instruments.spectrum(operator)
    assert not found.whole and np.allclose(found.values, expected[:6], rtol=1e-3)
    assert bool((found.values <= torch.tensor(expected[:6]) * (1 + 1e-9)).all())


def test_the_condition_of_a_large_operator(monkeypatch: pytest.MonkeyPatch) -> None:
    operator = operator_of(BLUR)
    exact = instruments.condition(operator)
    monkeypatch.setattr(instruments, "DENSE", 10)
    found = instruments.condition(operator)
    assert not found.exact and found.largest == pytest.approx(exact.largest)
    assert found.least >= exact.least * (1 - 1e-9) and found.least == pytest.approx(exact.least, rel=1e-2)


def test_picard_expands_the_data() -> None:
    operator = operator_of(BLUR)
    y = torch.rand(12, 10, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    found = instruments.picard(operator, y)
    assert float(found.parts.square().sum()) == pytest.approx(float(y.square().sum()))
    x = np.linalg.solve(matrix(operator), y.flatten().numpy())
    assert float(found.ratios.norm()) == pytest.approx(float(np.linalg.norm(x)))


def test_what_the_data_do_not_tell_is_not_seen() -> None:
    operator = operator_of(LESS)
    x = torch.rand(12, 10, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    seen, unseen = instruments.split(operator, x)
    A = matrix(operator)
    assert torch.allclose(seen + unseen, x) and float(operator(unseen).norm()) < 1e-8
    assert np.allclose(seen.flatten(), np.linalg.pinv(A) @ A @ x.flatten().numpy(), atol=1e-8)


def test_the_response_to_a_point_is_a_column() -> None:
    operator = operator_of(BLUR)
    there, back = instruments.responses(operator)
    A = matrix(operator)
    assert np.allclose(there.flatten(), A[:, 65]) and np.allclose(back.flatten(), A.T @ A[:, 65])


@pytest.mark.parametrize("command", ["spectrum", "cond", "picard", "psf", "nullspace"])
def test_each_command_draws_and_tells(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.inv").write_text(SMALL.replace("OPERATOR", LESS), encoding="utf-8")
    ran = invlang(capsys, command, "a.inv", "--json")
    assert ran.code == 0 and json.loads(ran.out)["operator"] == "A"
    assert Image.open(f"a-out/{command}.png").size[0] > 300
    assert invlang(capsys, command, "a.inv", "-q").out.count("\n") > 1


def test_an_expression_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.inv").write_text(SMALL.replace("OPERATOR", BLUR), encoding="utf-8")
    one, two = (json.loads(invlang(capsys, "cond", "a.inv", "--json", *w).out)["condition"] for w in ([], ["--of", "A.H @ A"]))
    assert two == pytest.approx(one**2, rel=1e-6)


@pytest.mark.parametrize(
    "of, says", [("B", "there is no operator `B`"), ("A @", "error["), ("Blurr(h)", " --> --of:1:1\n  |\n1 |   Blurr(h)\n")]
)
def test_what_is_no_operator_is_said(of: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.inv").write_text(SMALL.replace("OPERATOR", BLUR), encoding="utf-8")
    ran = invlang(capsys, "cond", "a.inv", "--of", of)
    assert ran.code == 1 and says in ran.err and "Traceback" not in ran.err
