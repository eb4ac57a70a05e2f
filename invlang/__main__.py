"""python -m invlang: the same as the command invlang."""

import sys

from invlang.cli import main

if __name__ == "__main__":
    sys.exit(main())
