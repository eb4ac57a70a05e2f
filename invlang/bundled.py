"""The pictures that installed packages bring: their names, and where each lies.  Read by `check`, so nothing heavy is imported."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True)
class Bundled:
    """A picture inside an installed package.  folder and file: where in the package; about: one line for `invlang doc`."""

    package: str
    file: str
    about: str
    gray: bool = False


def from_skimage(file: str, about: str, gray: bool = False) -> Bundled:
    return Bundled("skimage", f"data/{file}", about, gray)


def from_matplotlib(file: str, about: str) -> Bundled:
    return Bundled("matplotlib", f"mpl-data/sample_data/{file}", about)


PICTURES: dict[str, Bundled] = {
    "astronaut": from_skimage("astronaut.png", "Eileen Collins, colour, 512 × 512"),
    "brick": from_skimage("brick.png", "a brick wall, gray, 512 × 512"),
    "camera": from_skimage("camera.png", "a photographer, gray, 512 × 512"),
    "cat": from_skimage("chelsea.png", "Chelsea the cat, colour, 300 × 451"),
    "cell": from_skimage("cell.png", "a cell floating in liquid, gray, 660 × 550"),
    "checkerboard": from_skimage("chessboard_GRAY.png", "a checkerboard, gray, 200 × 200"),
    "clock": from_skimage("clock_motion.png", "a clock, blurred by motion, gray, 300 × 400"),
    "coffee": from_skimage("coffee.png", "a cup of coffee, colour, 400 × 600"),
    "coins": from_skimage("coins.png", "Greek coins, gray, 303 × 384"),
    "colorwheel": from_skimage("color.png", "a colour wheel, 370 × 371"),
    "grass": from_skimage("grass.png", "grass, gray, 512 × 512"),
    "gravel": from_skimage("gravel.png", "gravel, gray, 512 × 512"),
    "horse": from_skimage("horse.png", "a horse's silhouette, gray, 328 × 400", gray=True),
    "hubble": from_skimage("hubble_deep_field.jpg", "the Hubble deep field, colour, 872 × 1000"),
    "immunohistochemistry": from_skimage("ihc.png", "a stained tissue, colour, 512 × 512"),
    "microaneurysms": from_skimage("microaneurysms.png", "a part of a retina, gray, 102 × 102"),
    "moon": from_skimage("moon.png", "the surface of the moon, gray, 512 × 512"),
    "motorcycle": from_skimage("motorcycle_left.png", "a motorcycle, colour, 500 × 741"),
    "page": from_skimage("page.png", "a scanned page, gray, 191 × 384"),
    "retina": from_skimage("retina.jpg", "a retina, colour, 1411 × 1411"),
    "rocket": from_skimage("rocket.jpg", "a rocket on its launch pad, colour, 427 × 640"),
    "shepp_logan": from_skimage("phantom.png", "the Shepp–Logan phantom, gray, 400 × 400", gray=True),
    "text": from_skimage("text.png", "handwriting, gray, 172 × 448"),
    "brain": from_matplotlib("s1045.ima.gz", "an MRI slice of a head, gray, 256 × 256"),
    "elevation": from_matplotlib("jacksboro_fault_dem.npz", "the heights of the Jacksboro fault, gray, 344 × 403"),
    "grace_hopper": from_matplotlib("grace_hopper.jpg", "Grace Hopper, colour, 600 × 512"),
    "logo2": from_matplotlib("logo2.png", "matplotlib's logo, colour"),
    "ct": Bundled("pydicom", "data/test_files/CT_small.dcm", "a CT slice, gray, 128 × 128"),
    "coronal": Bundled("dipy", "data/files/t1_coronal_slice.npy", "a coronal T1 slice of a head, gray"),
}
ALIASES = {
    "chelsea": "cat", "ihc": "immunohistochemistry", "mri_head": "brain", "phantom": "shepp_logan",
    "shepp_logan_phantom": "shepp_logan", "cameraman": "camera", "hubble_deep_field": "hubble",
    "chessboard": "checkerboard", "t1_coronal": "coronal", "ct_small": "ct",
}  # fmt: skip
INSTALL = {"skimage": "scikit-image", "matplotlib": "matplotlib", "pydicom": "pydicom", "dipy": "dipy"}


def bundled(name: str) -> Bundled | None:
    """The picture of that name or alias, or None."""
    return PICTURES.get(ALIASES.get(name, name))


def nearest_pictures(name: str) -> list[str]:
    """At most three names or aliases that are nearly `name`, the nearest first."""
    return get_close_matches(name.lower(), [*PICTURES, *ALIASES], n=3, cutoff=0.6)
