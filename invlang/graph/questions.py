"""Questions about facts, and who listens: nobody as a rule; `why not` notes what was not known, and supposes it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar

Asking = TypeVar("Asking", bound=Callable[..., bool])


@dataclass(frozen=True)
class Question:
    """Whether a fact is known.  fact: the name of the function that is asked;  about: its arguments;  words: a no as a sentence."""

    fact: str
    about: tuple[Any, ...]
    words: Callable[..., str | None] = field(compare=False, repr=False)

    def lacking(self, renamed: Callable[[Any], Any] = lambda thing: thing) -> str:
        """That the fact is not known, as a sentence.  renamed: what is asked about by other letters."""
        return self.words(*map(renamed, self.about)) or ""


@dataclass
class Listener:
    """supposed: questions whose answer is to be yes;  unanswered: those that were answered no, in order."""

    supposed: frozenset[Question]
    unanswered: dict[Question, None] = field(default_factory=dict)

    def hears(self, question: Question) -> bool:
        if question in self.supposed:
            return True
        self.unanswered[question] = None
        return False


LISTENER: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def listening(supposed: frozenset[Question] = frozenset()) -> Iterator[Listener]:
    """Within it every fact that is asked for and not known is noted; those of `supposed` are answered as if they were."""
    listener = Listener(supposed)
    token = LISTENER.set(listener)
    try:
        yield listener
    finally:
        LISTENER.reset(token)


def question(lacking: Callable[..., str | None]) -> Callable[[Asking], Asking]:
    """Makes a question of a function that tells whether a fact is known.

    lacking: the arguments → the sentence for an answer that is no, or None where it is not for anybody to suppose a yes.
    """

    def asked(function: Asking) -> Asking:
        @wraps(function)
        def answer(*about: Any) -> bool:
            known = function(*about)
            if known or (listener := LISTENER.get()) is None:
                return known
            return lacking(*about) is not None and listener.hears(Question(function.__name__, about, lacking))

        return answer  # type: ignore[return-value]

    return asked
