"""Shake the camera four times, and recover each photograph: a batch of samples, each with kernels of its own."""

from pathlib import Path

import torch

import invlang
from invlang.data.pictures import fit_picture, picture
from invlang.plot import save_png

m = invlang.load(Path(__file__).with_name("shake.inv"), dtype="float32").draw(sample=torch.tensor([0, 1, 2, 3]))
x = torch.from_numpy(fit_picture(picture("cat"), [3, 288, 288])).float().repeat(4, 1, 1, 1)
y = m.simulate(x, seed=0)
for name in m.estimators:
    found = m[name](y)
    error = (found - x).square().mean((1, 2, 3))
    print(f"{name}: " + ", ".join(f"{-10 * e.log10():.1f} dB" for e in error))
    save_png(found[0].numpy(), f"{name}.png")
