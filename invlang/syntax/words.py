"""The words of the language: which begin a statement, which begin a clause, which are never names; Greek letters."""

from __future__ import annotations

STATEMENTS = (
    "use", "dim", "given", "unknown", "let", "data", "observe", "simulate", "network", "operator", "functional", "primitive",
    "noise", "generator", "algorithm", "reconstruct", "train", "evaluate",
)  # fmt: skip
DEFINITIONS = ("operator", "functional", "primitive", "noise", "generator")
BLOCKS = ("reconstruct", "train", "evaluate")

RESERVED = ("by", "solves", "samples", "where", "is", "law", "has", "example", "in", "if", "else")
OBJECTIVES = ("minimize", "sample", "estimate")
FLAGS = ("nonconvex", "implicit")  # clauses that are one word
AFTER_A_VALUE = ("from", "over", "per", "on", "as")  # names, except where a name cannot stand

CLAUSES: dict[str, tuple[str, ...]] = {
    "reconstruct": ("by", "unroll", "equilibrium", "report", "start", "stop", "seed", *FLAGS),
    "train": ("on", "loss", "optimizer", "epochs", "batch", "seed", "checkpoint", "metrics", "start", "stop", "report"),
    "evaluate": ("metrics", "on", "report", "seed", "batch"),
    "unroll": ("learn",),
    "equilibrium": ("learn", "accelerate", "stop"),
}

FIELDS = ("real", "complex", "binary", "integer", "number", "boolean")

GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta", "ι": "iota",
    "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "ο": "omicron", "π": "pi", "ρ": "rho", "σ": "sigma",
    "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
    "Α": "Alpha", "Β": "Beta", "Γ": "Gamma", "Δ": "Delta", "Ε": "Epsilon", "Ζ": "Zeta", "Η": "Eta", "Θ": "Theta", "Ι": "Iota",
    "Κ": "Kappa", "Λ": "Lambda", "Μ": "Mu", "Ν": "Nu", "Ξ": "Xi", "Ο": "Omicron", "Π": "Pi", "Ρ": "Rho", "Σ": "Sigma",
    "Τ": "Tau", "Υ": "Upsilon", "Φ": "Phi", "Χ": "Chi", "Ψ": "Psi", "Ω": "Omega",
    "ς": "sigma", "ϑ": "theta", "ϕ": "phi", "ϵ": "epsilon", "µ": "mu", "\u2126": "Omega", "∞": "inf",
}  # fmt: skip
SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_SPELT_OUT = str.maketrans(GREEK)


def spelt_out(name: str) -> str:
    """A name in ASCII: `σ_max` is sigma_max."""
    return name if name.isascii() else name.translate(_SPELT_OUT)
