"""In a notebook: a cell that is a program.

%load_ext invlang
%%inv m
unknown x : real[H, W] …
"""

from __future__ import annotations

from typing import Any


def load_ipython_extension(shell: Any) -> None:
    """Makes the cell magic %%inv known."""
    shell.register_magic_function(cell_magic(shell), magic_kind="cell", magic_name="inv")


def cell_magic(shell: Any) -> Any:
    def inv(line: str, cell: str) -> Any:
        """%%inv [NAME] [given=value …]: the cell is a program; the loaded program gets the name (m without one) and is shown.

        Values are names of the notebook: %%inv m h=kernel.  Mistakes are shown as messages, without a traceback.
        """
        from invlang.errors import InvError
        from invlang.model import loads

        words = line.split()
        name = words.pop(0) if words and "=" not in words[0] else "m"
        givens = {}
        for word in words:
            key, _, value = word.partition("=")
            givens[key] = shell.ev(value)
        try:
            model = loads(cell, name="cell.inv", **givens)
        except InvError as error:
            print(error)
            return None
        shell.push({name: model})
        return model

    return inv
