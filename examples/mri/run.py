"""A third of k-space: filled with zeros, and reconstructed."""

from pathlib import Path

import invlang
from invlang.data.pictures import picture
from invlang.plot import save_png

m = invlang.load(Path(__file__).with_name("mri.inv"), dtype="float32")
y = m.simulate(picture("brain"), seed=0)["y"]
save_png(m.A.H(y).numpy(), "zeros.png", high=None)
save_png(m.tv(y).numpy(), "tv.png", high=None)
