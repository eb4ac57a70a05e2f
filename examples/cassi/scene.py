"""Write scene.npz: a cup of coffee in eight bands of the spectrum, as three kinds of pigment would show it."""

from pathlib import Path

import numpy as np

from invlang.data.pictures import fit_picture, picture

BANDS, PEAKS, WIDTH = np.arange(8), np.array([6, 3.5, 1]), 1.5
colours = fit_picture(picture("coffee"), [3, 192, 192])
spectra = np.exp(-(((BANDS[:, None] - PEAKS) / WIDTH) ** 2) / 2)
scene = np.tensordot(spectra / spectra.sum(1).max(), colours, 1)
np.savez_compressed(Path(__file__).with_name("scene.npz"), scene=(scene * 1000).round().astype(np.float16) / 1000)
