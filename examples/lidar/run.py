"""Depth, reflectivity and background from counts of photons."""

from pathlib import Path

import invlang
from invlang.data.pictures import fit_picture, picture
from invlang.plot import save_png

m = invlang.load(Path(__file__).with_name("lidar.inv"), dtype="float32")
u, r, b = (fit_picture(picture(n), [1, 128, 128]) for n in ("coins", "camera", "moon"))
y = m.simulate(u, r, b, seed=0)["y"]
save_png(m.depth(y)[0][0].numpy(), "depth.png")
