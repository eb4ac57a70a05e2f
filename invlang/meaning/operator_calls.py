"""Calling the definition of an operator: arguments meet parameters, a space meets the signature, and an operator comes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from invlang.graph.operators import Compose, Leaf
from invlang.graph.spaces import AnySpace, Axis, Product, Space, numeric
from invlang.graph.values import SizeValue
from invlang.meaning.arguments import (
    Evaluate,
    Given,
    bind,
    check_choices,
    check_words,
    choices,
    parameter_list,
    refuse_missing,
    told_at_call,
)
from invlang.meaning.combinators import unknown_domain
from invlang.meaning.maps import is_map
from invlang.meaning.meanings import Array, AxisList, AxisRef, Built, Declared, Template, Word, describe
from invlang.meaning.mistakes import DoNotMeet, NotExpected, Refused
from invlang.meaning.parameters import check_facts, fit_parameter, in_order, located, plain, resolve
from invlang.meaning.primitives import primitive_of
from invlang.meaning.repairs import needs_real
from invlang.meaning.results import check_result, codomain_of, domains_from, far_side
from invlang.meaning.scope import Scope
from invlang.meaning.shapes import Misfit, Names, axes_of_pattern, axes_text, fit, size_from
from invlang.meaning.swapped import perhaps_swapped
from invlang.meaning.templates import apply_template, embed, real_part
from invlang.source import Span
from invlang.syntax import tree


def call_operator(declared: Declared, arguments: tuple[Given, ...], span: Span, evaluate: Evaluate, caller: Scope) -> Template:
    """A definition of an operator or primitive with its arguments, waiting for its space."""
    definition = declared.definition
    if not isinstance(definition, tree.Definition) or definition.keyword not in ("operator", "primitive") or definition.of:
        raise Refused(NotExpected(span, describe(declared), "an operator"))
    bound = bind(definition, arguments, span)
    refuse_missing(definition, bound, span)
    check_words(definition, bound, caller)
    call = OperatorCall(declared, definition, bound, span, evaluate, caller)
    apply = call.apply_map if is_map(definition, declared.scope) else None
    return Template(definition.name.text, call.on, call.on_codomain, apply)


@dataclass(frozen=True)
class OperatorCall:
    """A call that becomes an operator once its domain (or codomain) is known."""

    declared: Declared
    definition: tree.Definition
    bound: dict[str, Given]
    span: Span
    evaluate: Evaluate
    caller: Scope

    @property
    def name(self) -> str:
        return self.definition.name.text

    def scope(self, names: Names) -> Scope:
        return self.declared.scope.called_from(self.caller.hinting(names.get("#far")), names)

    def told(self, step: Callable[[], Any]) -> Any:
        """What the step gives; a mistake inside the library is told at this call."""
        try:
            return step()
        except Refused as refused:
            raise told_at_call(refused, self.definition, self.bound, self.span) from None

    # ---- from the domain

    def on(self, space: AnySpace, place: Span) -> Built:
        return self.told(lambda: self.built_on(space, place))

    def built_on(self, space: AnySpace, place: Span) -> Built:
        domain = self.domain
        if domain is None:
            return self.body_template(self.names_without_space()).on(space, place)
        if isinstance(domain, tree.Space) and domain.field.text == "complex" and is_real(space):
            assert isinstance(space, Space)
            operator, out = self.built_on(space.over("complex"), place)
            return Compose((operator, embed(numeric(space)))), out
        names, labelled = self.names_on(space, place)
        codomain = self.definition.signature.codomain if isinstance(self.definition.signature, tree.Signature) else None
        if self.definition.body is not None:
            return self.equation(labelled, names, codomain, place)
        assert codomain is not None and isinstance(domain, tree.Space) and isinstance(labelled, Space), self.name
        check_facts(self.definition, names, self.bound, self.span)
        out = codomain_of(self.name, codomain, domain, labelled, names, place)
        return self.leaf(labelled, out, names), out

    @property
    def domain(self) -> tree.Space | tree.Spaces | None:
        signature = self.definition.signature
        return signature.domain if isinstance(signature, tree.Signature) else signature

    def names_without_space(self) -> Names:
        names: Names = {}
        self.parameter_names(names)
        return names

    def names_on(self, space: AnySpace, place: Span) -> tuple[Names, AnySpace]:
        """The names that the body may speak of once the domain is known, and the domain with the names' labels."""
        names: Names = {"#default": min(2, space.rank) if isinstance(space, Space) else 2}
        self.prepare(names)
        labelled = self.fit_domain(space, names, place)
        far_side(self.definition, names, self.caller.hints)
        self.parameter_names(names)
        return names, labelled

    def fit_domain(self, space: AnySpace, names: Names, place: Span) -> AnySpace:
        wanted = self.domain
        if isinstance(wanted, tree.Spaces):
            if not isinstance(space, Product) or len(space.parts) != len(wanted.parts):
                raise Refused(NotExpected(place, f"{space}", f"{len(wanted.parts)} arrays side by side for `{self.name}`"))
            pairs = zip(wanted.parts, space.parts, strict=True)
            return Product(tuple(self.fit_space(w, s, names, place) for w, s in pairs))
        if isinstance(space, Product):
            raise Refused(NotExpected(place, f"{space}", f"one image for `{self.name}`"))
        self.check_axes(names, space, place)
        assert isinstance(wanted, tree.Space)
        return self.fit_space(wanted, numeric(space), names, place)

    def equation(self, space: AnySpace, names: Names, codomain: Any, place: Span) -> Built:
        operator, out = self.body_template(names).on(space, place)
        if isinstance(codomain, tree.Space) and isinstance(out, Space):
            wanted = names.get("number") if codomain.field.text == "number" else codomain.field.text
            real = wanted == "real" and not (codomain.field.text == "number" and has_complex_numbers(self.definition, names))
            if real and out.field == "complex" and self.declared.stem != "user":
                out = out.over("real")
                operator = Compose((real_part(out), operator))
            if self.declared.stem == "user":
                check_result(self.definition, codomain, out, names)
        return operator, out

    def body_template(self, names: Names) -> Template:
        body = self.evaluate(self.definition.body, self.scope(names))
        if isinstance(body, Declared):
            body = call_operator(body, (), self.span, self.evaluate, self.scope(names))
        if not isinstance(body, Template):
            assert self.definition.body is not None
            raise Refused(NotExpected(self.definition.body.span, describe(body), f"an operator as what `{self.name}` is"))
        return body

    def apply_map(self, argument: Any, place: Span) -> Any:
        """The map applied to an array, for definitions that are not linear."""
        return self.told(lambda: self.mapped(argument, place))

    def mapped(self, argument: Any, place: Span) -> Any:
        space = getattr(argument, "space", None)
        if space is None:
            raise Refused(NotExpected(place, describe(argument), f"an array to apply `{self.name}` to"))
        if self.domain is None:
            return apply_template(self.body_template(self.names_without_space()), argument, place)
        if isinstance(self.domain, tree.Space) and self.domain.field.text == "complex" and is_real(space):
            argument = apply_template(embedding(), argument, place)
        names, _ = self.names_on(argument.space, place)
        return apply_template(self.body_template(names), argument, place)

    # ---- from the codomain

    def on_codomain(self, space: AnySpace, place: Span) -> Built:
        return self.told(lambda: self.built_backwards(space, place))

    def built_backwards(self, space: AnySpace, place: Span) -> Built:
        signature = self.definition.signature
        if self.definition.body is not None and not isinstance(signature, tree.Signature):
            return self.body_template(self.names_without_space()).on_codomain(space, place)
        assert isinstance(signature, tree.Signature)
        names: Names = {"#default": min(2, space.rank) if isinstance(space, Space) else 2}
        self.prepare(names)
        candidates = domains_from(signature, space, names, lambda: self.parameter_names(names))
        inside = replace(self, caller=self.caller.hinting(space))
        refused: Refused | None = None
        for candidate in (*candidates, *self.enlarged(space, names), *self.caller.hints):
            try:
                operator, out = inside.built_on(candidate, place)
            except Refused as first:
                refused = refused or first
                continue
            if out == space:
                return operator, candidate
        raise unknown_domain(self.name, place)

    def enlarged(self, space: AnySpace, names: Names) -> list[AnySpace]:
        """The space of which every factor-th sample is this one, for what claims `divides(factor)`."""
        fact = next((f for f in self.definition.facts if f.name.text == "divides"), None)
        if fact is None or not isinstance(space, Space):
            return []
        name = fact.arguments[0].value.text  # type: ignore[union-attr]
        parameter = next(p for p in self.definition.parameters if p.name.text == name)
        given = self.bound.get(name)
        factor = size_from(given.meaning if given else default_of(parameter, self.scope(names), self.evaluate))
        axes = names.get("axes")
        named = {a.label for a in axes.axes} if isinstance(axes, AxisList) else None
        kept = [a.name not in named if named is not None else i < space.rank - 2 for i, a in enumerate(space.axes)]
        if factor is None:
            return []
        return [
            Space(space.field, tuple(a if k else Axis(a.size * factor, a.name) for a, k in zip(space.axes, kept, strict=True)))
        ]

    # ---- pieces

    def prepare(self, names: Names) -> None:
        """Binds what does not depend on the domain: axes that were named, and the variadic sizes of arrays."""
        acted = {p.name.text for p in self.definition.parameters if p.variadic}
        for parameter in self.definition.parameters:
            given = self.bound.get(parameter.name.text)
            if parameter.variadic and given is not None:
                names[parameter.name.text] = given.meaning
            elif given is not None and isinstance(parameter.kind, tree.Space) and isinstance(given.meaning, Array):
                names["#default"] = columns_of(self.definition, parameter, given.meaning) or names["#default"]
                if any(isinstance(a, tree.Splat) and a.name.text not in acted for a in parameter.kind.axes):
                    fit_parameter(self.name, parameter, given, names, self.span)

    def check_axes(self, names: Names, space: Space, place: Span) -> None:
        """Axes called by name must be there, once."""
        for parameter in self.definition.parameters:
            axes = names.get(parameter.name.text)
            if parameter.variadic and isinstance(axes, AxisList):
                names[parameter.name.text] = AxisList(tuple(located(a, space, self.span) for a in axes.axes))

    def fit_space(self, pattern: tree.Space, space: Space, names: Names, place: Span) -> Space:
        named = [v for p in self.definition.parameters if p.variadic and isinstance(v := names.get(p.name.text), AxisList)]
        if pattern.field.text == "real" and space.field == "complex":
            raise needs_real(space, f"`{self.name}`", place)
        if named and any(isinstance(a, tree.Splat) for a in pattern.axes):
            names.setdefault("number", space.field)
            return space
        try:
            return fit(pattern, space, names)
        except Misfit as misfit:
            takes, free = axes_of_pattern(pattern, names)
            causes = tuple(c for g in self.bound.values() for c in g.causes if isinstance(g.meaning, Array))
            raise Refused(
                DoNotMeet(place, None, f"`{self.name}`", axes_text(space), takes, (str(misfit),), free=free, causes=causes)
            ) from None

    def parameter_names(self, names: Names) -> None:
        """Adds the parameters to the names, checking spaces and filling in defaults in order."""
        before = dict(names)
        for parameter in self.definition.parameters:
            name = parameter.name.text
            if name in names and (parameter.variadic or name not in self.bound):
                continue
            given = self.bound.get(name)
            if given is not None:
                try:
                    names[name] = fit_parameter(self.name, parameter, given, names, self.span)
                except Refused as refused:
                    raise perhaps_swapped(refused, parameter, self.definition, self.bound, before, self.span) from None
            elif parameter.default is not None:
                names[name] = default_of(parameter, self.scope(names), self.evaluate)
                if isinstance(names[name], AxisRef):
                    names[name] = Array(SizeValue(names[name].size), Space("integer"))
        if not is_user(self.declared):
            words = {n: Given(n, names[n], g.span) for n, g in self.bound.items() if n in names}
            check_choices(self.definition, words)

    def leaf(self, domain: Space, codomain: Space, names: Names) -> Leaf:
        primitive = primitive_of(self.definition, self.declared.stem)
        arguments = []
        for parameter in self.definition.parameters:
            name = parameter.name.text
            meaning = names.get(name)
            if parameter.variadic:
                if not isinstance(meaning, AxisList):
                    raise Refused(
                        NotExpected(self.span, "no axes", f"the names of axes for `{self.name}`", parameter_list(self.definition))
                    )
                meaning = tuple(resolve(a, domain, self.span) for a in meaning.axes)
            arguments.append((name, plain(meaning, self.span)))
        return Leaf(primitive, tuple(in_order(arguments)), domain, codomain)


def columns_of(definition: tree.Definition, parameter: tree.Parameter, array: Array) -> int | None:
    """How many axes are meant where none is named: the columns of an argument that the definition claims to be `trailing`."""
    claimed = [f for f in definition.facts if f.name.text == "trailing"]
    if not claimed or parameter.name.text != claimed[0].arguments[0].value.text:  # type: ignore[union-attr]
        return None
    columns = array.space.axes[-1].size if isinstance(array.space, Space) and array.space.rank else None
    return int(columns) if columns is not None and columns.is_Integer else None


def has_complex_numbers(definition: tree.Definition, names: Names) -> bool:
    """Whether an array that may hold real or complex numbers holds complex ones, such as the kernel of a blur."""
    numbers = (p.name.text for p in definition.parameters if isinstance(p.kind, tree.Space) and p.kind.field.text == "number")
    return any(isinstance(a := names.get(n), Array) and a.space.field == "complex" for n in numbers)


def is_user(declared: Declared) -> bool:
    return declared.stem == "user"


def is_real(space: AnySpace) -> bool:
    return isinstance(space, Space) and space.field != "complex"


def embedding() -> Template:
    """Real images as complex ones."""
    on = lambda space, place: (embed(numeric(space)), space.over("complex"))
    return Template("Complex", on, on)


def default_of(parameter: tree.Parameter, scope: Scope, evaluate: Evaluate) -> Any:
    """A parameter's default; a bare word that names nothing is a choice."""
    node = parameter.default
    if isinstance(node, tree.Name) and node.text in choices(parameter):
        return Word(node.text)
    if isinstance(node, tree.Name) and node.text not in ("true", "false", "inf", "pi") and scope.find(node.text) is None:
        return Word(node.text)
    return evaluate(node, scope)
