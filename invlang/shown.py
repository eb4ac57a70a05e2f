"""Text that a terminal prints and a notebook shows as HTML."""

from __future__ import annotations


class Shown(str):
    """A text;  html: the same for a notebook;  brief: what an interactive prompt shows, where the text is not for reading."""

    html: str
    brief: str

    def __new__(cls, text: str, html: str, brief: str | None = None) -> Shown:
        made = super().__new__(cls, text)
        made.html, made.brief = html, text if brief is None else brief
        return made

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.brief
