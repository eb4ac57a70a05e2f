"""A probe moves over a photograph; intensities give it back."""

from pathlib import Path

import invlang
from invlang.data.pictures import fit_picture, picture
from invlang.plot import save_png

m = invlang.load(Path(__file__).with_name("ptychography.inv"), dtype="float32")
x = fit_picture(picture("camera"), [192, 192])
y = m.simulate(x, seed=0)["y"]
save_png(m.object(y).numpy(), "object.png")
