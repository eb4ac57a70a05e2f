"""Count photons from a cell, and undo the microscope's blur."""

from pathlib import Path

import invlang
from invlang.data.pictures import fit_picture, picture
from invlang.plot import save_png

m = invlang.load(Path(__file__).with_name("poisson.inv"), dtype="float32")
x = fit_picture(picture("cell"), [256, 256])
y = m.simulate(x, seed=0)["y"]
print(f"{y.sum() / 0.01:.0f} photons, {y.max() / 0.01:.0f} in the brightest pixel")
save_png(m.richardson_lucy(y).numpy(), "richardson_lucy.png")
save_png(m.tv(y).numpy(), "tv.png")
