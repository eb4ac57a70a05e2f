"""How much Python an action runs, counted in calls: a measure of its cost that no clock and no other process disturbs."""

import contextlib
import sys
from collections.abc import Iterator
from types import FrameType


@contextlib.contextmanager
def at_most(calls: int) -> Iterator[None]:
    """Fails as soon as what is inside has made more calls of Python functions than that.

    ```
    with at_most(1000):
        sorted(range(10), key=abs)
    ```
    """
    made = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        """Is told of calls alone, as it asks to be told of nothing inside them."""
        nonlocal made
        made += 1
        if made > calls:
            raise AssertionError(f"it makes more than {calls} calls of Python functions")

    before = sys.gettrace()
    sys.settrace(count)
    try:
        yield
    finally:
        sys.settrace(before)
