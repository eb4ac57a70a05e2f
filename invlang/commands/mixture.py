"""invlang mixture: fits a mixture of Gaussians to patches of pictures, and writes it for `EPLL`."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from invlang.commands.output import say
from invlang.commands.stop import Stop, because
from invlang.data.files import ARCHIVES, DataError, picture_files, read_array
from invlang.data.mixtures import fit_mixture
from invlang.progress import progress_bar

PROGRAM = """given weights     : real[{k}]            = load("{name}:weights")
given means       : real[{k}, {n}]        = load("{name}:means")
given covariances : real[{k}, {n}, {n}]    = load("{name}:covariances")
… + EPLL(x, weights, means, covariances, size = {size})"""


def run(options: Namespace) -> int:
    try:
        pictures = [read_array(place, (place.parent,)) for given in options.files for place in places(Path(given))]
        with progress_bar("mixture", options.rounds, options.quiet) as advance:
            numbers = (options.components, options.size, options.patches, options.rounds, options.smallest, options.seed)
            found = fit_mixture(pictures, *numbers, advance=advance)
    except DataError as error:
        raise Stop(str(error)) from error
    path = Path(options.output)
    if path.suffix not in ARCHIVES:
        raise Stop(f"`{path}` is no name of a mixture's file: it ends in {' or '.join(ARCHIVES)}", 2)
    try:
        found.save(path)
    except OSError as error:
        raise Stop(f"`{path}` cannot be written: {because(error)}") from error
    print(
        f"{path}: {options.components} components of {options.size} × {options.size} samples, log-density {found.likelihoods[-1]:.2f}"
    )
    lines = PROGRAM.format(k=options.components, n=options.size**2, name=path.name, size=options.size)
    say(lines, options)
    return 0


def places(given: Path) -> list[Path]:
    return picture_files(given, (given,)) if given.is_dir() else [given]
