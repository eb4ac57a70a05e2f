"""The command line: what each command takes.  What it does is in the file of its name under `invlang/commands`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from io import TextIOWrapper

import invlang
from invlang.commands.stop import Stop
from invlang.spelling import closest

DESCRIPTION = """\
invlang: a language and a compiler for inverse problems in imaging.

  invlang new first             a first project
  invlang check deblur.inv      every mistake at once, then what is known of each part
  invlang run deblur.inv        measure or simulate, reconstruct, compare; table, pictures, report
  invlang compile deblur.inv    the torch module
  invlang explain deblur.inv    the derivation; `invlang explain E0301` explains a message
  invlang doc                   the library
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command.  Gives its exit code: 0; 1 for a mistake in a program or a file; 2 for one in the command; 130 when interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        options = parser().parse_args(arguments)
        if options.command is None:
            parser().print_help()
            return 0
        return import_module(f"invlang.commands.{options.module}").run(options)
    except Stop as stop:
        if not stop.shown:
            print(f"invlang: {stop.sentence}", file=sys.stderr)
        return stop.code
    except KeyboardInterrupt:
        print("\ninvlang: interrupted", file=sys.stderr)
        return 130
    except AssertionError:
        print("invlang: this is a mistake of invlang's own, not of your program; what follows helps to find it", file=sys.stderr)
        raise
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 2


class Parser(argparse.ArgumentParser):
    """argparse with a guess for misspelt commands and options."""

    def error(self, message: str):  # noqa: ANN201  never returns
        guess = ""
        if message.startswith("argument COMMAND: invalid choice:"):
            word = message.split("invalid choice: ")[1].split("'")[1]
            close = closest(word, COMMANDS)
            message = f"there is no command `{word}`"
            guess = f"; did you mean `invlang {close}`?" if close else f"; there are: {', '.join(COMMANDS)}"
        elif message.startswith("unrecognized arguments: -"):
            word = message.split(": ")[1].split()[0].partition("=")[0]
            close = closest(word, [o for a in self.every_action() for o in a.option_strings])
            message, guess = f"there is no option `{word}`", f"; did you mean `{close}`?" if close else ""
        self.print_usage(sys.stderr)
        print(f"invlang: {message}{guess}", file=sys.stderr)
        sys.exit(2)

    def every_action(self) -> list[argparse.Action]:
        """Its own and those of the command that is used."""
        inner = [
            a
            for action in self._actions
            if isinstance(action, argparse._SubParsersAction)
            for p in action.choices.values()
            for a in p._actions
        ]
        return [*self._actions, *inner]


def parser() -> Parser:
    top = Parser(prog="invlang", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter, add_help=True)
    top.add_argument("--version", action="version", version=f"invlang {invlang.__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, (about, examples, declare) in COMMANDS.items():
        one = commands.add_parser(
            name, help=about, description=f"{about[0].upper()}{about[1:]}.", epilog=f"examples:\n{examples}",
            formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False,
        )  # fmt: skip
        one.set_defaults(module=MODULES.get(name, name))
        one.add_argument("-q", "--quiet", action="store_true", help="no progress bars, no remarks")
        declare(one)
    return top


# ---- arguments that several commands share


def takes_files(one: Parser) -> None:
    one.add_argument("files", nargs="+", metavar="FILE", help="programs: files, folders, globs, or - for standard input")
    takes_permissions(one)


def takes_permissions(one: Parser) -> None:
    one.add_argument(
        "--allow-read", action="append", default=[], metavar="DIR", help="a folder that programs may read besides their own"
    )
    one.add_argument("--allow-python", action="store_true", help="let programs run the Python files that they name")


def takes_level(one: Parser) -> None:
    one.add_argument("-O", dest="level", type=int, choices=(0, 2), default=2, help="0: as written; 2: simplified (default)")


def takes_json(one: Parser) -> None:
    one.add_argument("--json", action="store_true", help="the result as JSON on standard output")


def takes_output(one: Parser, what: str) -> None:
    one.add_argument("-o", "--output", metavar="PATH", help=what)


def takes_machine(one: Parser) -> None:
    about = "a number, a size or a file for a given; NAME may be tv.iterations"
    one.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help=about)
    one.add_argument("--seed", type=int, default=0, help="of everything random (default 0)")
    one.add_argument("--device", default=None, help="cpu (default), cuda, cuda:1, mps")
    one.add_argument("--dtype", choices=("float32", "float64"), default="float32", help="precision (default float32)")


# ---- the commands


def check_arguments(one: Parser) -> None:
    takes_files(one)
    takes_json(one)
    one.add_argument("--fix", action="store_true", help="apply the fixes that messages offer, where the result checks")


def run_arguments(one: Parser) -> None:
    takes_files(one)
    takes_output(one, "the folder for the results (default: the program's name and -out)")
    takes_machine(one)
    takes_level(one)
    takes_json(one)
    one.add_argument("--only", action="append", default=[], metavar="NAME", help="only these estimators")
    one.add_argument(
        "--sweep",
        action="append",
        default=[],
        metavar="NAME=VALUES",
        help="run for each value: logspace(-4,0,9), linspace(0,1,5), 1,3,10",
    )


def compile_arguments(one: Parser) -> None:
    takes_files(one)
    takes_output(one, "the file, or the folder for several (default: standard output)")
    takes_level(one)


def explain_arguments(one: Parser) -> None:
    one.add_argument("files", nargs="*", metavar="FILE|NAME|CODE", help="a program and names of estimators, or a message's code")
    which = one.add_mutually_exclusive_group()
    which.add_argument("--why-not", metavar="WORD", help="why a law or an algorithm was not taken, and what would help")
    which.add_argument("--cost", action="store_true", help="what a round takes, of each algorithm that fits")
    which.add_argument("--laws", action="store_true", help="the laws that were used, by name; without a program all of them")
    takes_permissions(one)
    takes_output(one, "the file, or the folder for several (default: standard output)")
    one.add_argument(
        "--device", choices=("cpu", "cuda"), help="with --cost: the device that times are predicted for (default cpu)"
    )
    one.add_argument("--measure", action="store_true", help="with --cost: measure this machine in a second first")
    one.add_argument(
        "--set", action="append", default=[], metavar="NAME=SIZE", help="with --cost: a size that the program leaves open"
    )
    form = one.add_mutually_exclusive_group()
    form.add_argument("--html", action="store_true", help="a page of its own, with mathematics")
    form.add_argument("--tex", action="store_true", help="LaTeX")


def graph_arguments(one: Parser) -> None:
    takes_files(one)
    takes_output(one, "a file that ends in .svg, .dot or .mmd (default: Mermaid on standard output)")
    which = one.add_mutually_exclusive_group()
    which.add_argument("--before", action="store_true", help="only as written")
    which.add_argument("--after", action="store_true", help="only as compiled")


def fmt_arguments(one: Parser) -> None:
    one.add_argument("files", nargs="+", metavar="FILE", help="programs: files, folders, globs, or - for standard input")
    one.add_argument("--check", action="store_true", help="change nothing; exit with 1 where something would change")
    one.add_argument("--diff", action="store_true", help="change nothing; show what would change")
    spelling = one.add_mutually_exclusive_group()
    spelling.add_argument(
        "--unicode", dest="spelling", action="store_const", const="unicode", default="keep", help="write ∘ ᴴ σ ‖r‖²"
    )
    spelling.add_argument("--ascii", dest="spelling", action="store_const", const="ascii", help="write @ .H sigma sq(r)")


def doc_arguments(one: Parser) -> None:
    one.add_argument(
        "names", nargs="*", metavar="NAME", help="an operator, functional, algorithm, noise law, or a family of them"
    )
    one.add_argument("--list", action="store_true", help="every name with one line")
    one.add_argument("--html", metavar="DIR", help="write the whole library as pages")


def new_arguments(one: Parser) -> None:
    one.add_argument("folder", metavar="DIR", help="a folder that does not exist yet, or is empty")


def test_arguments(one: Parser) -> None:
    takes_files(one)
    takes_machine(one)
    takes_level(one)
    takes_json(one)


def instrument_arguments(one: Parser) -> None:
    takes_files(one)
    takes_output(one, "the folder for the picture (default: the program's name and -out)")
    takes_machine(one)
    takes_level(one)
    takes_json(one)
    one.add_argument(
        "--of", metavar="EXPRESSION", help="the operator: a name, or an expression such as 'A.H @ A' (default: the first)"
    )


def mixture_arguments(one: Parser) -> None:
    one.add_argument("files", nargs="+", metavar="PICTURE", help="pictures, arrays, or folders of them")
    one.add_argument("-o", "--output", metavar="FILE", required=True, help="the .npz or .safetensors file")
    one.add_argument("--components", type=int, default=20, help="how many Gaussians (default 20)")
    one.add_argument("--size", type=int, default=8, help="of a patch along each axis (default 8)")
    one.add_argument("--patches", type=int, default=20000, help="how many are drawn (default 20000)")
    one.add_argument("--rounds", type=int, default=50, help="at most (default 50)")
    one.add_argument("--smallest", type=float, default=0.01, help="the least standard deviation (default 0.01)")
    one.add_argument("--seed", type=int, default=0, help="of the patches (default 0)")


def train_arguments(one: Parser) -> None:
    takes_files(one)


def lsp_arguments(one: Parser) -> None:
    one.set_defaults(files=[], allow_read=[], allow_python=False)


COMMANDS: dict[str, tuple[str, str, Callable[[Parser], None]]] = {
    "check": ("find every mistake, then say what is known of each part",
              "  invlang check deblur.inv\n  invlang check examples/ --json\n  invlang check deblur.inv --fix", check_arguments),
    "run": ("measure or simulate, reconstruct, compare; table, pictures, one HTML report",
            "  invlang run deblur.inv\n  invlang run deblur.inv -o results/ --seed 1 --set sigma=0.05 --set tv.iterations=500\n"
            "  invlang run deblur.inv --sweep tv.weight=logspace(-1,3,9)\n"
            "  invlang run examples/ --only tv --device cuda", run_arguments),
    "train": ("train a learned estimator (not there yet)", "  invlang train unrolled.inv", train_arguments),
    "compile": ("write the torch module",
                "  invlang compile deblur.inv\n  invlang compile deblur.inv -o deblur.py\n  invlang compile deblur.inv -O0",
                compile_arguments),
    "explain": ("derive the algorithm on paper, or explain a message",
                "  invlang explain deblur.inv\n  invlang explain deblur.inv tv --html -o tv.html\n  invlang explain E0301\n"
                "  invlang explain deblur.inv tv --why-not FISTA\n  invlang explain mri.inv --why-not separable-cancel\n"
                "  invlang explain deblur.inv tv --cost --set H=512 --set W=512\n  invlang explain deblur.inv --cost --measure\n"
                "  invlang explain --laws", explain_arguments),
    "graph": ("draw the operator graph, before and after simplification",
              "  invlang graph deblur.inv -o deblur.svg\n  invlang graph deblur.inv --after -o deblur.mmd", graph_arguments),
    "fmt": ("lay programs out",
            "  invlang fmt deblur.inv\n  invlang fmt . --check\n  invlang fmt deblur.inv --unicode\n"
            "  cat deblur.inv | invlang fmt -", fmt_arguments),
    "doc": ("show pages of the library",
            "  invlang doc Blur\n  invlang doc --list\n  invlang doc algorithms\n  invlang doc --html library/", doc_arguments),
    "new": ("start a first project", "  invlang new first && cd first && invlang run deblur.inv", new_arguments),
    "test": ("test a program's own operators: adjoints, norms, gradients",
             "  invlang test scanner.inv\n  invlang test scanner.inv --set H=64 --set W=64", test_arguments),
    "spectrum": ("show the singular values of an operator",
                 "  invlang spectrum deblur.inv\n  invlang spectrum deblur.inv --of 'A.H @ A' --set H=32 --set W=32", instrument_arguments),
    "cond": ("tell how well conditioned an operator is", "  invlang cond deblur.inv --of A", instrument_arguments),
    "picard": ("show which parts of the data are above the noise", "  invlang picard deblur.inv", instrument_arguments),
    "psf": ("show what an operator makes of one point", "  invlang psf deblur.inv", instrument_arguments),
    "nullspace": ("split an image into what the data tell and what they do not", "  invlang nullspace inpainting.inv", instrument_arguments),
    "mixture": ("fit a mixture of Gaussians to patches of pictures, for the prior EPLL",
                "  invlang mixture pictures/ -o patches.npz --components 20 --size 8", mixture_arguments),
    "lsp": ("serve an editor (not there yet)", "  invlang lsp", lsp_arguments),
}  # fmt: skip
MODULES = {
    "compile": "compiling",
    "explain": "explaining",
    "test": "testing",
    "new": "newcomer",
    **dict.fromkeys(("spectrum", "cond", "picard", "psf", "nullspace"), "instruments"),
    "lsp": "later",
    "train": "later",
}
