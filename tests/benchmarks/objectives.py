"""Times to within 1e-4 of the least objective, no parameter given by the user: `python tests/benchmarks/objectives.py [--scico PYTHON]`.

Steps are each program's own or 1 / L; `–` is what a program cannot say or does not reach in as many
iterations as `--most` allows. All run in turns in one thread; times are of the processor.
scico has an environment of its own, whose interpreter `--scico` names.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parent))

import peer_scico
from further_problems import objectives_problems
from handwritten import SOLVERS
from handwritten import solver as handwritten_solver
from measure import interleaved, iterations_needed
from problems import Problem, optimum
from run import load_programs, machine
from tables import cell, line

PROGRAMS = {
    "invlang": "ours",
    "deepinv": "peer_deepinv_objectives",
    "pyproximal": "peer_pyproximal_objectives",
    "ODL": "peer_odl",
}
TOLERANCE, MOST = 1e-4, 4096


def main() -> int:
    arguments = parse_arguments()
    torch.set_num_threads(1)
    programs, missing = load_programs(PROGRAMS, arguments.only)
    header = ["problem", "hand-written", *programs]
    header += ["scico"] * (arguments.scico is not None)
    print(
        f"{date.today()} · {machine()} · {arguments.side}²", *(f"{n} is missing: {why}" for n, why in missing.items()), sep="\n"
    )
    print(line(header), line(["---"] + ["---:"] * (len(header) - 1)), sep="\n", flush=True)
    for problem in objectives_problems(arguments.side):
        if not arguments.problem or problem.name in arguments.problem:
            seconds, needed = measure(problem, programs, arguments)
            cells = [cell(seconds.get(name), needed.get(name)) for name in header[1:]]
            print(line([problem.name.replace("_", " "), *cells]), flush=True)
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, default=128, help="samples of an image along an axis (default: 128)")
    parser.add_argument("--most", type=int, default=MOST, help=f"iterations after which a program is given up (default: {MOST})")
    parser.add_argument("--only", nargs="*", choices=PROGRAMS, help="measure these programs and the hand-written ones only")
    parser.add_argument("--scico", metavar="PYTHON", help="an interpreter that has scico")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--problem", nargs="*", help="measure these problems only")
    return parser.parse_args()


def measure(problem: Problem, programs: dict, arguments: argparse.Namespace) -> tuple[dict, dict]:
    """Seconds and iterations of every program that reaches the objective."""
    least = optimum(problem)
    solvers = {name: module.solver(problem) for name, module in programs.items()}
    solvers["hand-written"] = handwritten_solver(problem) if problem.name in SOLVERS else None
    if arguments.scico:
        solvers["scico"] = peer_scico.solver(problem, arguments.scico)
    needed = {
        name: iterations_needed(
            lambda n, solve=solve: problem.objective(solve(n)) / least - 1, TOLERANCE, arguments.most, within=1 / 16
        )
        for name, solve in solvers.items()
        if solve is not None
    }
    calls = {name: lambda solve=solvers[name], n=n: solve(n) for name, n in needed.items() if n is not None}
    elsewhere = {"scico"} & calls.keys()  # its own process tells its seconds
    seconds = interleaved({name: call for name, call in calls.items() if name not in elsewhere}, arguments.repeats)
    return seconds | {name: least_seconds(solvers[name], needed[name], arguments.repeats) for name in elsewhere}, needed


def least_seconds(solve: peer_scico.Solver, iterations: int, repeats: int) -> float:
    seconds = []
    for _ in range(repeats + 1):
        solve(iterations)
        seconds.append(solve.seconds)
    return min(seconds)


if __name__ == "__main__":
    sys.exit(main())
