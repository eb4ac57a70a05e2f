"""Programs to try commands on, and the commands as a shell would run them."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from invlang.cli import main

TINY = '''\
"""A tiny blurred picture."""

dim H = 20, W = 24

unknown x : real[H, W] in [0, 1]
given   h : real[3, 3] = gaussian_kernel(sigma = 0.8)
let     A = Blur(h)
data    y ~ Normal(A @ x, sigma = 0.02)

simulate x = image("camera")

reconstruct tv {
  minimize fidelity(y) + 20 * TV(x)
}
evaluate tv { metrics psnr, ssim, mse, nmse, mae }
'''
WRONG = TINY.replace("Blur(h)", "Blurr(h)")


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


def invlang(capsys: pytest.CaptureFixture[str], *words: str | Path) -> Ran:
    """The command in this process."""
    code = main([str(w) for w in words])
    out, err = capsys.readouterr()
    return Ran(code, out, err)


def in_shell(*words: str | Path, folder: Path, text: str | None = None, **environment: str) -> Ran:
    """The command in a process of its own."""
    home = str(Path(__file__).parent.parent)
    found = subprocess.run(
        [sys.executable, "-m", "invlang", *map(str, words)], cwd=folder, input=text, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": home, **environment}, encoding="utf-8", timeout=900,
    )  # fmt: skip
    return Ran(found.returncode, found.stdout, found.stderr)
