"""A slice of a body from 45 directions, reconstructed twice."""

from pathlib import Path

import invlang
from invlang.data.pictures import picture
from invlang.plot import save_png

m = invlang.load(Path(__file__).with_name("ct.inv"), dtype="float32")
y = m.simulate(picture("ct"), seed=0)["y"]
save_png(m.fbp(y).numpy(), "fbp.png", high=None)
save_png(m.tv(y).numpy(), "tv.png", high=None)
