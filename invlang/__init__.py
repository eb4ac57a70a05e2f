"""A language and a compiler for inverse problems in imaging.

    import invlang
    m = invlang.load("deblur.inv")       # or invlang.loads(text)
    y = m.simulate(x)["y"]
    x = m.tv(y)

Importing this is light: torch is imported when a program is loaded.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from invlang.data.mixtures import fit_mixture
    from invlang.errors import InvError
    from invlang.model import Model, load, loads
    from invlang.notebook import load_ipython_extension

__version__ = "0.1.0"
__all__ = ["InvError", "Model", "load", "loads", "fit_mixture", "load_ipython_extension", "__version__"]

HOMES = {
    "InvError": "invlang.errors",
    "Model": "invlang.model",
    "load": "invlang.model",
    "loads": "invlang.model",
    "fit_mixture": "invlang.data.mixtures",
    "load_ipython_extension": "invlang.notebook",
}


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module 'invlang' has no attribute '{name}'")
    found = getattr(import_module(HOMES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
