"""Words that the language has and a later version runs: networks, learned priors, methods that sample.  Only their names are known."""

from __future__ import annotations

from invlang.meaning.arguments import Given
from invlang.meaning.meanings import Later
from invlang.meaning.mistakes import Refused, WrongArgument
from invlang.meaning.synonyms import nearest

NETWORK = ("channels", "noise_level", "weights", "depth", "width")

TAKES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("DnCNN", "DRUNet", "FFDNet", "UNet", "GSDRUNet", "SCUNet", "SwinIR", "Restormer", "NAFNet", "SRResNet", "DiffUNet"),
        NETWORK,
    ),
    **dict.fromkeys(
        ("ConvDecoder", "AutoEncoder", "ICNN", "Generator", "MoDL", "VarNet", "LISTA"), (*NETWORK, "theta", "latent")
    ),
    "PnP": ("denoiser", "sigma"),
    "RED": ("denoiser", "sigma"),
    "GSPnP": ("denoiser", "sigma"),
    "Score": ("denoiser", "sigma"),
    "Diffusion": ("denoiser", "steps"),
    "PatchPrior": ("weights", "patch"),
    "EPLL": ("weights", "patch"),
    "decay": ("start", "end"),
}

ALGORITHMS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("ULA", "MALA", "SKROCK"), ("step", "burn_in", "thinning")),
    **dict.fromkeys(("DPS", "DiffPIR", "DDRM", "DDPM", "DDIM"), ("steps", "step", "eta")),
    "Adam": ("lr", "betas"),
    "SGD": ("lr", "momentum"),
}


def call_later(name: str, given: tuple[Given, ...]) -> Later:
    """A word of a later version: its arguments are checked by name."""
    takes = TAKES[name]
    positional = [g for g in given if g.name is None]
    if len(positional) > len(takes):
        raise Refused(WrongArgument(positional[-1].span, f"`{name}` has no place for this argument", ", ".join(takes)))
    for argument in given:
        if argument.name is not None and argument.name not in takes:
            close = nearest(argument.name, takes)
            what = f"`{name}` has no argument called `{argument.name}`"
            raise Refused(WrongArgument(argument.name_span or argument.span, what, ", ".join(takes), close))
    return Later(name)
