"""What pyproject.toml cannot say: in a wheel, stdlib/ and grammar/ lie inside the package."""

from pathlib import Path
from shutil import copytree, ignore_patterns

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithLibrary(build_py):
    """Copies the two folders beside the package into it; an editable install finds them where they are."""

    def run(self):
        super().run()
        if not self.editable_mode:
            for folder in ("stdlib", "grammar"):
                place = Path(self.build_lib) / "invlang" / folder
                copytree(folder, place, dirs_exist_ok=True, ignore=ignore_patterns("__pycache__", ".*", "editors"))


setup(cmdclass={"build_py": BuildWithLibrary})
