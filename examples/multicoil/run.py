"""Eight coils, a fifth of k-space each; the linear solution in one call."""

from pathlib import Path

import invlang
from invlang.data.pictures import picture
from invlang.plot import save_png

m = invlang.load(Path(__file__).with_name("multicoil.inv"), dtype="float32")
y = m.simulate(picture("brain"), seed=0)["y"]
linear = m.A.solve(m.A.H(y), rho=1e-3)  # (AᴴA + ρ)⁻¹ Aᴴ y
save_png(linear.numpy(), "linear.png", high=None)
save_png(m.tv(y).numpy(), "tv.png", high=None)
