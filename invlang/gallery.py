"""Pictures of the library: each definition's example is run, and what it measures and recovers is shown side by side."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from invlang.meaning import library
from invlang.model import built
from invlang.outcome import panels_of
from invlang.plot import side_by_side
from invlang.run import run

WIDEST = 1000


def gallery_picture(name: str) -> bytes | None:
    """A PNG of the truth, what is given, the data and the reconstructions of a definition's example; None where it has none.

    Raises InvError where the example does not run.
    """
    path = library.gallery().get(name)
    if path is None:
        return None
    model = built(library.source_of(path), path.parent, {}, "float32", None, 0, 2, (), False)
    outcome = run(model, (path.parent,))
    case = outcome.cases[0]
    panels = [panel for _, panel in panels_of(case, outcome.metrics, case.given)]
    if not panels:
        return None
    buffer = BytesIO()
    side_by_side(panels, buffer)
    return shrunk(buffer)


def shrunk(png: BytesIO) -> bytes:
    """The picture at most WIDEST pixels wide, with few colours: pages of many pictures stay small."""
    image = Image.open(png).convert("RGB")
    if image.width > WIDEST:
        image = image.resize((WIDEST, round(image.height * WIDEST / image.width)), Image.Resampling.LANCZOS)
    small = BytesIO()
    image.quantize(128, kmeans=2).save(small, format="PNG", optimize=True)
    return small.getvalue()
