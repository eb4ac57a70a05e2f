"""Running generated text: the only place of this layer that needs torch, because the text does."""

from __future__ import annotations

import linecache
from types import ModuleType
from zlib import crc32


def load_module(text: str, name: str) -> ModuleType:
    """The module that the text defines.  Nothing is written to disk; tracebacks show the generated lines."""
    filename = f"<invlang {name} {crc32(text.encode()):08x}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    module = ModuleType(name)
    module.__file__ = filename
    exec(compile(text, filename, "exec"), module.__dict__)
    return module
