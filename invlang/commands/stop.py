"""How a command ends early: with one sentence, and 1 for a mistake of the user's or 2 for a wrong use of the command."""

from __future__ import annotations


class Stop(Exception):
    """code: 1 where a program or a file is wrong, 2 where the command line is: an option, or a name or number after one."""

    def __init__(self, sentence: str, code: int = 1, shown: bool = False):
        self.sentence, self.code, self.shown = sentence, code, shown
        super().__init__(sentence)


def because(error: OSError) -> str:
    """What the system said, in small letters.

    >>> because(PermissionError(13, "Permission denied"))
    'permission denied'
    """
    return (error.strerror or type(error).__name__).lower()
