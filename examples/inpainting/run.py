"""Fill in a photograph behind a mask of one's own: letters of a text."""

from pathlib import Path

import invlang
from invlang.data.pictures import fit_picture, picture
from invlang.plot import save_png

mask = fit_picture(picture("text"), [300, 451]) > 0.45  # 1 where nothing is written over the photograph
m = invlang.load(Path(__file__).with_name("inpainting.inv"), dtype="float32", m=mask)
y = m.simulate(picture("cat"), seed=0)["y"]
save_png(y.numpy(), "seen.png")
save_png(m.tv(y).numpy(), "filled.png")
