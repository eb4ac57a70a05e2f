"""Functions of single entries as Python text: the one table of what torch calls them.

An operand is a tensor for sure ("tensor"), a Python number for sure ("number"), or what the caller passed ("either").
Texts for "either" work for both and may need a function of `invlang/kernels/samples.py`; special functions are those of `invlang/kernels/special.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from invlang.emit.text import ATOM, SUM, UNARY, Text, call, method, product, quotient, raised, total

METHODS = {
    "exp": "exp", "log": "log", "sqrt": "sqrt", "sin": "sin", "cos": "cos", "tan": "tan", "tanh": "tanh", "angle": "angle",
    "round": "round", "nearest": "round", "floor": "floor", "ceil": "ceil", "sinh": "sinh", "cosh": "cosh", "atan": "atan", "log1p": "log1p",
    "expm1": "expm1", "erf": "erf", "lgamma": "lgamma", "rsqrt": "rsqrt", "sigmoid": "sigmoid",
    "asin": "asin", "acos": "acos",
}  # fmt: skip
KERNELS = ("log_bessel", "bessel_ratio", "bessel_ratio_slope", "digamma", "trigamma")  # of tensors and of numbers, in special.py
COMPARISONS = {"greater": ">", "less": "<", "equal": "==", "greater_equal": ">=", "less_equal": "<=", "not_equal": "!="}
OF_NUMBERS = ("exp", "log", "sin", "cos", "tan", "tanh", "sinh", "cosh", "atan", "asin", "acos", "log1p", "expm1", "lgamma")


@dataclass(frozen=True)
class Operand:
    """text: what it is written as; kind: tensor, number or either; complex: its field."""

    text: Text
    kind: str = "tensor"
    complex: bool = False


def joined(kinds: list[str]) -> str:
    """What a function of operands of these kinds gives."""
    return "tensor" if "tensor" in kinds else "either" if "either" in kinds else "number"


def pointwise_text(function: str, operands: list[Operand], need: Callable[[str], str]) -> Text:
    """need: asks for a function of kernels/samples.py or for a module such as math, and gives the name to call it by."""
    texts = [o.text for o in operands]
    if function in ("add", "subtract", "multiply", "divide", "negate", "power"):
        return arithmetic_text(function, operands)
    if function in ("lerp", "fused_add"):
        return fused_text(function, operands, need)
    if function in COMPARISONS:
        return comparison_text(function, operands)
    if function == "where":
        return call("torch.where", f"{texts[0].within(SUM)} > 0", *(t.source for t in texts[1:]))
    if function in ("maximum", "minimum"):
        return extreme_text(function, operands, need)
    if function == "clamp":
        return clamp_text(operands, need)
    if function == "complex" and len(operands) == 2:
        return call("torch.complex", *(t.source for t in texts))
    if function == "atan2":
        return call("torch.atan2", *(t.source for t in texts))
    return unary_text(function, operands[0], need)


def comparison_text(function: str, operands: list[Operand]) -> Text:
    """1 where it holds and 0 elsewhere, as numbers: torch has no negative of a truth."""
    holds = Text(f"{operands[0].text.within(SUM)} {COMPARISONS[function]} {operands[1].text.within(SUM)}", 1)
    tensor = next((o.text for o in operands if o.kind == "tensor"), None)
    return holds if tensor is None else method(holds, "to", f"{tensor.atom}.dtype")


def arithmetic_text(function: str, operands: list[Operand]) -> Text:
    texts = [o.text for o in operands]
    match function:
        case "add":
            return total(texts)
        case "subtract":
            return total([texts[0], product([Text("-1", UNARY), texts[1]])])
        case "multiply":
            return product(texts)
        case "divide":
            return quotient(*texts)
        case "negate":
            return product([Text("-1", UNARY), texts[0]])
    base, exponent = operands
    if base.kind == "tensor" and exponent.text.source in ("2", "2.0"):
        return method(base.text, "square")
    if base.kind == "tensor" and exponent.text.source == "0.5":
        return method(base.text, "sqrt")
    if exponent.text.source in ("-1", "-1.0"):
        return quotient(Text("1"), base.text)
    return raised(base.text, exponent.text)


def fused_text(function: str, operands: list[Operand], need: Callable[[str], str]) -> Text:
    """v + w (q − v);  or b + c g, or b ± s g, with the literal last: one pass over memory."""
    sources = [o.text.source for o in operands]
    if function == "lerp":
        return call(need("lerp_complex") if any(o.complex for o in operands[:2]) else "torch.lerp", *sources)
    *arrays, literal = sources
    sign, amount = ("sub", literal[1:]) if literal.startswith("-") else ("add", literal)
    if len(arrays) == 2:
        return call(f"torch.{sign}", *arrays, f"alpha={amount}")
    if operands[1].kind != "tensor":
        step = product([Text(literal, UNARY), operands[1].text]) if literal != "1" else operands[1].text
        if operands[1].kind == "number":
            return call("torch.add", arrays[0], arrays[2], f"alpha={step.source}")
        return call(need("add_scaled"), arrays[0], step.source, arrays[2])
    return call("torch.addcmul", *arrays, *[f"value={literal}"] * (literal != "1"))


def unary_text(function: str, operand: Operand, need: Callable[[str], str]) -> Text:
    text, tensor = operand.text, operand.kind == "tensor"
    match function:
        case "conj":
            return method(text, "conj") if operand.complex and tensor else text
        case "real" | "imag":
            return part_text(function, operand)
        case "complex":
            return total([text, Text("0j")])
        case "abs":
            return method(text, "abs") if tensor else call("abs", text.source)
        case "abs2":
            return abs2_text(operand)
        case "sign":
            return method(text, "sgn" if operand.complex else "sign") if tensor else call(need("sign_of"), text.source)
    if function in KERNELS:
        return call(need(function), text.source)
    if tensor:
        return method(text, METHODS[function])
    if function == "sqrt":
        return raised(text, Text("0.5"))
    if operand.kind == "number" and function in OF_NUMBERS:
        return call(f"{need('math')}.{function}", text.source)
    return call(need("of_number"), f"torch.{METHODS[function]}", text.source)


def part_text(function: str, operand: Operand) -> Text:
    if not operand.complex:
        return operand.text if function == "real" else product([Text("0"), operand.text])
    return Text(f"{operand.text.atom}.{function}", ATOM)


def abs2_text(operand: Operand) -> Text:
    if operand.kind == "tensor":
        return method(method(operand.text, "abs") if operand.complex else operand.text, "square")
    base = call("abs", operand.text.source) if operand.complex else operand.text
    return raised(base, Text("2"))


def extreme_text(function: str, operands: list[Operand], need: Callable[[str], str]) -> Text:
    """maximum(a, b), as a clamp where one of two operands may be a Python number."""
    tensors = [o for o in operands if o.kind == "tensor"]
    others = [o for o in operands if o.kind != "tensor"]
    if not tensors:
        plain = all(o.kind == "number" for o in operands)
        name = {"maximum": "max", "minimum": "min"}[function]
        return call(name if plain else need(f"{function}_of"), *(o.text.source for o in operands))
    text = tensors[0].text
    for other in tensors[1:]:
        text = call(f"torch.{function}", text.source, other.text.source)
    for other in others:
        text = method(text, "clamp", f"{'min' if function == 'maximum' else 'max'}={other.text.source}")
    return text


def clamp_text(operands: list[Operand], need: Callable[[str], str]) -> Text:
    """x.clamp(low, high); an infinite bound is left out."""
    x, low, high = operands
    bounds = [(n, b) for n, b in (("min", low), ("max", high)) if "inf" not in b.text.source]
    if x.kind != "tensor":
        for name, bound in bounds:
            kind = joined([x.kind, bound.kind])
            x = Operand(extreme_text({"min": "maximum", "max": "minimum"}[name], [x, bound], need), kind)
        return x.text
    if len(bounds) == 2 and low.kind == high.kind == "number":
        return method(x.text, "clamp", low.text.source, high.text.source)
    text = x.text
    for name, bound in bounds:
        text = method(text, "clamp", f"{name}={bound.text.source}")
    return text
