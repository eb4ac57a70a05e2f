"""Write stack.npz: the vessels of a retina as a stained sheet of tissue that bends through 24 planes."""

from pathlib import Path

import numpy as np
from skimage.filters import sato

from invlang.data.fit import fit_picture
from invlang.data.pictures import picture

PLANES, SIDE = 24, 128
green = fit_picture(picture("retina")[1, 300:1100, 200:1000], [400, 400])
vessels = fit_picture(sato(green, sigmas=[1.5, 2.5, 4], black_ridges=True), [SIDE, SIDE])
vessels = np.clip(vessels / np.quantile(vessels, 0.998) - 0.05, 0, 1)
z, row, column = np.ogrid[:PLANES, 0 : 1 : SIDE * 1j, 0 : 1 : SIDE * 1j]
depth = PLANES / 2 + 6 * np.sin(5 * row + 1) * np.cos(4 * column)
stack = vessels * np.exp(-((z - depth) ** 2) / 2)
np.savez_compressed(Path(__file__).with_name("stack.npz"), stack=(stack * 255).round().astype(np.float16) / 255)
