"""What the classes of a module are called: the model's like its file, each estimator's like the estimator."""

from __future__ import annotations

from collections.abc import Iterable


def class_name(name: str) -> str:
    """tv is Tv, artifact_removal is ArtifactRemoval."""
    return "".join(w[:1].upper() + w[1:] for w in name.split("_")) or name


def estimator_classes(names: Iterable[str]) -> dict[str, str]:
    """The class of each estimator; of two that would be called alike the later one has a number.

    >>> estimator_classes(["tv", "Tv"])
    {'tv': 'Tv', 'Tv': 'Tv2'}
    """
    classes: dict[str, str] = {}
    for name in names:
        wanted, number = class_name(name), 2
        while wanted in classes.values():
            wanted, number = f"{class_name(name)}{number}", number + 1
        classes[name] = wanted
    return classes


def model_class(name: str, estimators: Iterable[str]) -> str:
    """The class of the model, which an estimator may be called like.

    >>> model_class("Deblur", ["Deblur"])
    'DeblurModel'
    """
    taken = set(estimators)
    while name in taken:
        name += "Model"
    return name
