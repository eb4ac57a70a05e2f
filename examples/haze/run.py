"""A picture and its depth from one hazy view."""

from pathlib import Path

import invlang
from invlang.data.pictures import fit_picture, picture
from invlang.plot import save_png

m = invlang.load(Path(__file__).with_name("haze.inv"), dtype="float32")
image = fit_picture(picture("coffee"), [3, 192, 192])
y = m.simulate(image, m.truth("d"), seed=0)["y"]
found, far = m.clear(y)
save_png(found.numpy(), "clear.png")
save_png(far.numpy(), "depth.png")
