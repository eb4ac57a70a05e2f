"""Four times as many pixels each way, from a small photograph of one's own."""

from pathlib import Path

import invlang
from invlang.data.pictures import picture
from invlang.plot import save_png

m = invlang.load(Path(__file__).with_name("superresolution.inv"), dtype="float32", H=400, W=600)
x = picture("coffee")
small = m.simulate(x, seed=0)["y"]
save_png(small.numpy(), "small.png")
save_png(m.A.pinv(small).numpy(), "shortest.png")  # of all images that explain the small one
save_png(m.tv(small).numpy(), "tv.png")
