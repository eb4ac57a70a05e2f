"""A film of a heart: filled with zeros, and reconstructed with what other frames saw."""

from pathlib import Path

import invlang
from invlang.plot import save_png

m = invlang.load(Path(__file__).with_name("dynamic.inv"), dtype="float32")
y = m.simulate(m.truth("x") + 0j, seed=0)["y"]
save_png(m.A.H(y).numpy(), "zeros.png", high=None)
save_png(m.film(y).numpy(), "film.png", high=None)
