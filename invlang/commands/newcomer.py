"""invlang new: a first project that works."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from invlang.commands.output import say, write_file
from invlang.commands.stop import Stop, because

PROGRAM = '''\
"""Recover a photograph from a blurred, noisy copy."""

dim H, W

unknown x : real[3, H, W] in [0, 1]
given   h : real[9, 9] = gaussian_kernel(sigma = 1.6)
let     A = Blur(h, boundary = circular)
data    y ~ Normal(A @ x, sigma = 0.02)

simulate x = image("astronaut")              # your own: image("photo.png"); or, for real data, observe y = load("y.npy")

reconstruct tv {
  minimize fidelity(y) + 20 * TV(x)
}
evaluate tv { metrics psnr, ssim }
'''
SCRIPT = '''\
"""The same from Python: measure a picture, reconstruct it, write the result."""

import invlang
from invlang.data.pictures import picture
from invlang.plot import save_png

m = invlang.load("deblur.inv")
x = picture("astronaut")
y = m.simulate(x, seed=0)["y"]
found = m.tv(y)

save_png(found.numpy(), "found.png")
print(m)
print(f"objective {float(m.tv.objective(found, y)):.0f}; the picture is in found.png")
'''
README = """\
# {title}

`deblur.inv` says what was measured and what is sought.

```sh
invlang run deblur.inv        # simulate, reconstruct, compare: see deblur-out/report.html
invlang explain deblur.inv    # the derivation on paper
invlang compile deblur.inv    # the torch module that runs
python run.py                 # the same from Python
```

Things to try: another kernel (`invlang doc Blur`), another prior (`invlang doc priors`), a photograph of your own, a mistake on
purpose (`invlang check deblur.inv` says what is wrong).
"""


def run(options: Namespace) -> int:
    folder = Path(options.folder)
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise Stop(f"`{folder}` is there already, and is not an empty folder")
    except OSError as error:
        raise Stop(f"`{folder}` cannot be used: {because(error)}") from None
    files = {"deblur.inv": PROGRAM, "run.py": SCRIPT, "README.md": README.format(title=folder.resolve().name)}
    for name, text in files.items():
        write_file(folder / name, text)
    say(f"{folder}: {', '.join(files)}\nnext: cd {folder} && invlang run deblur.inv", options)
    return 0
