"""A stack of planes through a microscope: what is seen from above and from the side, before and after."""

from pathlib import Path

import numpy as np
import torch

import invlang
from invlang.plot import save_png

here = Path(__file__).parent
m = invlang.load(here / "fluorescence.inv", dtype="float32")
x = torch.from_numpy(np.load(here / "stack.npz")["stack"]).float()
y = m.simulate(x, seed=0)["y"]
found = {"truth": x, "y": y, **{name: m[name](y) for name in m.estimators}}
for name, stack in found.items():
    from_above, from_the_side = stack.amax(0), stack.amax(1)
    save_png(torch.cat([from_above, from_the_side]).numpy(), f"{name}.png", high=None)
