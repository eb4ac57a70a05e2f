"""Blur a photograph, add noise, and recover it twice."""

from pathlib import Path

import invlang
from invlang.data.pictures import picture
from invlang.plot import save_png

m = invlang.load(Path(__file__).with_name("deblur.inv"), dtype="float32")
x = picture("astronaut")
y = m.simulate(x, seed=0)["y"]
for name in m.estimators:
    found = m[name](y)
    save_png(found.numpy(), f"{name}.png")
    print(f"{name}: objective {m[name].objective(found, y):.0f}, of the truth {m[name].objective(x, y):.0f}")
