"""Measures invlang beside hand-written torch, deepinv and PyLops / pyproximal: `python tests/benchmarks/run.py [--quick]`.

Every program runs in the same process with the same number of threads; what is missing is reported as missing. A solver's time is
that of the fewest iterations whose result is within 1e-3 (relative) of the least objective, the least of interleaved repeats.
"""

from __future__ import annotations

import argparse
import importlib
import json
import math
import platform
import statistics
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parent))

from growth import measure_growth
from measure import interleaved, iterations_needed
from operations import operations
from problems import Problem, all_problems, optimum
from startup import measure_startup
from tables import print_tables, write_markdown
from wavelet_kernels import measure_wavelets

PROGRAMS = {"invlang": "ours", "hand-written": "handwritten", "deepinv": "peer_deepinv", "pyproximal": "peer_pylops"}
OPERATIONS = {name: f"{module}_operations" for name, module in PROGRAMS.items()}
MOST_ITERATIONS = {"invlang": 400, "hand-written": 400, "deepinv": 800, "pyproximal": 200}
TOLERANCE = 1e-3


def main() -> int:
    arguments = parse_arguments()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    programs, missing = load_programs(PROGRAMS, arguments.only)
    single_programs, _ = load_programs(OPERATIONS, arguments.only)
    problems = [p for p in all_problems() if not arguments.problem or p.name in arguments.problem]
    repeats = 3 if arguments.quick else 9
    solves = [measure_problem(problem, programs, repeats) for problem in problems]
    single = (
        []
        if arguments.problem
        else [{"operation": name, "seconds": interleaved(calls, 5 * repeats)} for name, calls in operations(single_programs)]
    )
    report = {
        "date": date.today().isoformat(),
        "machine": machine(),
        "tolerance": TOLERANCE,
        "missing": missing,
        "time to objective": solves,
        "operations": single,
        "growth": [] if arguments.problem else [*measure_growth(repeats)],
        "start-up": {} if arguments.problem else measure_startup(repeats),
        "wavelets": [] if arguments.problem else measure_wavelets(3 * repeats),
        "geometric mean speed-up": {name: mean_speedup(solves, name) for name in PROGRAMS if name != "invlang"},
    }
    print_tables(report, list(PROGRAMS))
    arguments.output.mkdir(parents=True, exist_ok=True)
    (arguments.output / "benchmark.json").write_text(json.dumps(report, indent=2))
    write_markdown(report, list(PROGRAMS), arguments.output / "benchmark.md")
    return 0


def machine() -> str:
    """The processor, the threads, torch, and what seconds mean."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())
    threads = torch.get_num_threads()
    seconds = "processor time" if threads == 1 else "time on the wall"
    return f"{model or platform.machine()}, {threads} thread{'s' * (threads > 1)}, torch {torch.__version__}, {seconds}"


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer repeats")
    parser.add_argument("--threads", type=int, default=1, help="threads of torch, for every program (default: 1)")
    parser.add_argument("--only", nargs="*", choices=PROGRAMS, help="measure these programs only")
    parser.add_argument("--problem", nargs="*", help="measure these problems only")
    parser.add_argument("--output", type=Path, default=Path("benchmark-out"), help="folder of benchmark.json and benchmark.md")
    return parser.parse_args()


def load_programs(modules: dict[str, str], only: list[str] | None) -> tuple[dict, dict[str, str]]:
    """The modules that can be imported, and for each other one why not."""
    programs, missing = {}, {}
    for name, module in modules.items():
        if only and name not in only:
            continue
        try:
            programs[name] = importlib.import_module(module)
        except ImportError as reason:
            missing[name] = str(reason)
    return programs, missing


def measure_problem(problem: Problem, programs: dict, repeats: int) -> dict:
    """Iterations and seconds to the objective, of every program that has a solver of the problem."""
    least = optimum(problem)
    solvers = {name: module.solver(problem) for name, module in programs.items()}
    needed = {
        name: iterations_needed(lambda n, solve=solve: problem.objective(solve(n)) / least - 1, TOLERANCE, MOST_ITERATIONS[name])
        for name, solve in solvers.items()
    }
    calls: dict[str, Callable[[], object]] = {
        name: lambda solve=solvers[name], n=n: solve(n) for name, n in needed.items() if n is not None
    }
    print(f"{problem.name}: least objective {least:.2f}, iterations {needed}", file=sys.stderr)
    return {"problem": problem.name, "iterations": needed, "seconds": interleaved(calls, repeats)}


def mean_speedup(solves: list[dict], other: str) -> float | None:
    """How many times less time invlang takes, geometric mean over the problems that both solve."""
    ratios = [s["seconds"][other] / s["seconds"]["invlang"] for s in solves if {"invlang", other} <= s["seconds"].keys()]
    return math.exp(statistics.fmean(map(math.log, ratios))) if ratios else None


if __name__ == "__main__":
    sys.exit(main())
