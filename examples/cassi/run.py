"""Eight bands of the spectrum from one snapshot."""

from pathlib import Path

import numpy as np
import torch

import invlang
from invlang.plot import save_png

here = Path(__file__).parent
m = invlang.load(here / "cassi.inv", dtype="float32")
x = torch.from_numpy(np.load(here / "scene.npz")["scene"]).float()
y = m.simulate(x, seed=0)["y"]
for name in m.estimators:
    save_png(m[name](y)[4].numpy(), f"{name}.png")
