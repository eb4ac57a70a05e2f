"""The words of algorithms that look at one part of the data at a time: parts of functionals and maps, and whose turn it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from invlang.graph.arithmetic import ONE, add
from invlang.graph.functionals import Term
from invlang.graph.operators import Compose, Identity, Leaf, Operator
from invlang.graph.values import Bundle, Call, Number, SizeValue, Value
from invlang.meaning.meanings import Word
from invlang.plan.forms import stacked_parts
from invlang.plan.roles import Block, DoesNotFit, Map, Role, Run
from invlang.plan.steps import ORDER
from invlang.plan.subsets import count_in, largest_count, restricted, subset_of, together
from invlang.rules.simplify import simplify


def part(record: Run, env: dict[str, Any], whole: Role | Map, of: Value, turn: Value) -> Any:
    """A functional, or a map, of one part of its data: the one whose turn it is."""
    record.names.append((add(turn, ONE), "part"))
    if isinstance(whole, Map):
        return Map(together(*restrictions(record, whole, of, turn))[1])
    terms = []
    for term in whole.terms:
        block = term.operator if isinstance(term.operator, Block) else None
        operator = block.through if block is not None else simplify(term.operator)
        chosen = choice(record, operator, of, turn)
        fewer: Operator = simplify(Compose((chosen, operator)))
        fewer = fewer if block is None else Block(Identity(chosen.to), block.index, fewer)
        terms.append(restricted(term, chosen, fewer))
    return replace(whole, terms=tuple(terms))


def piece(record: Run, env: dict[str, Any], whole: Role | Map, of: Value, turn: Value) -> Any:
    """Like `part`, but what does not fall into parts stays whole."""
    if isinstance(whole, Map):
        return Map(together(*pieces(record, whole, of, turn))[1])
    terms = []
    for term in whole.terms:
        assert isinstance(term.operator, Block), "pieces are of what a map gives"
        chosen = choice_or_none(record, term.operator.through, of, turn)
        terms.append(term if chosen is None else chosen_of(term, term.operator, chosen))
    return replace(whole, terms=tuple(terms))


def chosen_of(term: Term, block: Block, chosen: Leaf) -> Term:
    return restricted(term, chosen, Block(Identity(chosen.to), block.index, simplify(Compose((chosen, block.through)))))


def pieces(record: Run, k: Map, of: Value, turn: Value) -> tuple[tuple[Operator, ...], tuple[Operator, ...]]:
    """The blocks of K, and what chooses from each; what keeps the whole is the identity.  Raises DoesNotFit where nothing falls into parts."""
    blocks = stacked_parts(k.operator)
    found = tuple(choice_or_none(record, block, of, turn) for block in blocks)
    if all(c is None for c in found):
        choice(record, blocks[0], of, turn)
    return blocks, tuple(Identity(b.codomain) if c is None else c for b, c in zip(blocks, found, strict=True))


def choice_or_none(record: Run, operator: Operator, of: Value, turn: Value) -> Leaf | None:
    try:
        return choice(record, operator, of, turn)
    except DoesNotFit:
        return None


def rarity(record: Run, env: dict[str, Any], k: Map, of: Value) -> Value:
    """How many rounds pass on average until a block's entries have their turn: as many as there are parts, or 1."""
    _, chosen = pieces(record, k, of, Number(0))
    rounds = tuple(ONE if isinstance(c, Identity) else of for c in chosen)
    return rounds[0] if len(rounds) == 1 else Bundle(rounds)


def drawn(record: Run, env: dict[str, Any], of: Value, turn: Value) -> Value:
    """A part of so many that is drawn in round `turn`, all alike."""
    return Call("turns", "drawn_turn", (turn, ORDER), (("of", count_in(of)),), turn.space)


def in_order(record: Run, env: dict[str, Any], order: Word, of: Value, turn: Value) -> Value:
    """A part of so many: one after the other, or each once in a sweep, in an order that is drawn for the sweep."""
    if order.text == "cyclic":
        return turn
    return Call("turns", "shuffled_turn", (turn, ORDER), (("of", count_in(of)),), turn.space)


def subset(record: Run, env: dict[str, Any], k: Map, of: Value, turn: Value) -> Map:
    """The map that takes the part whose turn it is from the data."""
    return Map(together(*restrictions(record, k, of, turn))[0])


def restrictions(record: Run, k: Map, of: Value, turn: Value) -> tuple[tuple[Operator, ...], tuple[Leaf, ...]]:
    blocks = stacked_parts(k.operator)
    return blocks, tuple(choice(record, block, of, turn) for block in blocks)


def choice(record: Run, operator: Operator, of: Value, turn: Value) -> Leaf:
    count = count_in(of)
    if not isinstance(of, SizeValue) and (not isinstance(count, int) or count < 1):
        raise DoesNotFit(f"the number of parts is {count}, and must be a whole number above 0")
    found = subset_of(operator, count, turn)
    if found is None:
        what = (
            f"into {count} parts of equal size along an axis"
            if not isinstance(of, SizeValue)
            else "into single entries along an axis"
        )
        raise DoesNotFit(f"data of {operator.codomain} do not fall {what} where a part would be less work than all of them")
    record.subsets.append(found)
    return found


def count(record: Run, env: dict[str, Any], k: Map) -> Value:
    """The number of parts when each is one entry of the axis that the data are cut along."""
    counts = [largest_count(block) for block in stacked_parts(k.operator)]
    if None in counts or any(c != counts[0] for c in counts):
        raise DoesNotFit("its data have no axis along which one entry alone would be less work than all of them")
    return SizeValue(counts[0])


WORDS: dict[str, Any] = {
    "part": part,
    "subset": subset,
    "count": count,
    "piece": piece,
    "piece_of": lambda record, env, k, of, turn: Map(together(*pieces(record, k, of, turn))[0]),
    "rarity": rarity,
    "drawn": drawn,
    "in_order": in_order,
}
