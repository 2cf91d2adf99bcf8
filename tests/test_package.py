"""The wheel holds all that runs, and names what it needs; `make package` installs it and asks (that takes minutes)."""

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
PACKAGES = ("bot", "ingest", "index_store")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.Path:
    """Build the wheel from a copy, so that the working tree stays as it is, with what is installed here."""
    copy, built = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("built")
    for package in PACKAGES:
        shutil.copytree(REPOSITORY / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "docs").mkdir()
    for file in ("pyproject.toml", "README.md", "LICENSE", "docs/dateline.1"):
        shutil.copy(REPOSITORY / file, copy / file)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", built, copy]
    subprocess.run(command, check=True, capture_output=True, cwd=built)
    return zipfile.Path(next(built.glob("*.whl")))


def test_the_wheel_holds_every_file_of_the_three_folders(wheel: zipfile.Path) -> None:
    """A module, a list or a mark that the source tree has is also there when Dateline is installed."""
    names = (name for name in wheel.root.namelist() if not name.endswith("/"))
    held = {name for name in names if name.split("/")[0] in PACKAGES}
    files = (file for package in PACKAGES for file in (REPOSITORY / package).rglob("*") if file.is_file())
    wanted = {file.relative_to(REPOSITORY).as_posix() for file in files if "__pycache__" not in file.parts}
    assert held == wanted
    assert {f"{package}/py.typed" for package in PACKAGES} <= held


def test_the_wheel_names_its_command_its_extras_and_its_pythons(wheel: zipfile.Path) -> None:
    """Whoever installs it gets `dateline`, the extras that the documentation names, and Python 3.11 to 3.13."""
    about = next(place for place in wheel.iterdir() if place.name.endswith(".dist-info"))
    metadata = (about / "METADATA").read_text(encoding="utf-8")
    assert "dateline = bot.cli:main" in (about / "entry_points.txt").read_text(encoding="utf-8")
    assert {"pdf", "docx", "mail", "llm", "anthropic", "test"} <= set(
        re.findall(r"^Provides-Extra: (.*)$", metadata, re.M)
    )
    assert "Requires-Python: >=3.11\n" in metadata
    assert re.findall(r"^Classifier: .* :: (3\.\d+)$", metadata, re.M) == ["3.11", "3.12", "3.13"]
    assert (about / "licenses" / "LICENSE").exists()


def test_every_library_is_asked_for_within_bounds() -> None:
    """A new major version of a library reaches nobody untried, where its authors follow the usual numbering."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    unbounded = {asked for asked in project["dependencies"] if "<" not in asked and "==" not in asked}
    assert unbounded == {"lxml_html_clean>=0.4", "torch>=2.9"}
