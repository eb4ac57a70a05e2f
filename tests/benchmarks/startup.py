"""How soon a program is checked and compiled, in fresh processes: `python tests/benchmarks/startup.py`.

The processes take turns and their medians on the wall are compared: `invlang check` should be over before `import torch` alone.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "examples" / "deblur" / "deblur.inv"
TIMED = """
import sys, time
from pathlib import Path
from invlang.pipeline import check, compile_program
from invlang.source import Source
for size in sys.argv[2:]:
    text = Path(sys.argv[1]).read_text().replace("dim H, W", f"dim H = {size}, W = {size}" if size != "-" else "dim H, W")
    start = time.process_time()
    checked = check(Source("deblur.inv", text), Path())
    half = time.process_time()
    compile_program(checked.program, planned=checked.planned)
    print(half - start, time.process_time() - half)
"""


def measure_startup(repeats: int) -> dict[str, float]:
    """Median seconds of each fresh process; of checking and compiling within one: first, and again for other sizes."""
    out = Path(tempfile.mkdtemp())
    commands = {
        "`python -c pass`": ["-c", "pass"],
        "`import torch`": ["-c", "import torch"],
        "`invlang check`": ["-m", "invlang", "check", str(PROGRAM)],
        "`invlang compile`": ["-m", "invlang", "compile", str(PROGRAM), "-o", str(out / "deblur.py")],
    }
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(out / "cache")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package is compiled to bytecode once
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    within: list[list[float]] = []
    for warm in range(repeats + 1):
        for name, arguments in commands.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, *arguments], check=True, capture_output=True, env=environment)
            if warm:
                seconds[name].append(time.perf_counter() - start)
        ran = subprocess.run(
            [sys.executable, "-c", TIMED, str(PROGRAM), "-", "64", "512", "4096"],
            check=True, capture_output=True, env=environment, text=True,
        )  # fmt: skip
        within.append([float(number) for number in ran.stdout.split()])
    turns = ("first in a process", "again, 64²", "again, 512²", "again, 4096²")
    labels = [f"{step}, {turn}" for turn in turns for step in ("check", "compile")]
    medians = (statistics.median(column) for column in zip(*within[1:], strict=True))
    return {**{name: statistics.median(s) for name, s in seconds.items()}, **dict(zip(labels, medians, strict=True))}


if __name__ == "__main__":
    for name, seconds in measure_startup(9).items():
        print(f"{name:30} {seconds * 1e3:7.0f} ms")
