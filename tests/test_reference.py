"""docs/cli.md and docs/dateline.1 are what the commands say of themselves, and their examples are right."""

import importlib.util
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli import dateline

DOCS = Path(__file__).parent.parent / "docs"
PRINTABLE = st.text(st.characters(max_codepoint=0x17F, exclude_categories=("C", "Z")), max_size=40)


def _generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_reference", DOCS / "make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


reference = _generator()
COMMANDS = tuple(reference.described(dateline, "dateline"))


def examples() -> Iterator[str]:
    """Name the command lines that help texts show, without what a shell does with them."""
    for one in COMMANDS:
        for line in one.text.splitlines():
            found = re.match(r" {2,}dateline (.+?)(?: [<>] \S+| {3,}.*)?$", line)
            if found:
                yield found[1]


def test_the_reference_is_up_to_date() -> None:
    """Both files are what `make docs` would write now."""
    assert (DOCS / "cli.md").read_text(encoding="utf-8") == reference.as_markdown(COMMANDS)
    assert (DOCS / "dateline.1").read_text(encoding="utf-8") == reference.as_man_page(COMMANDS)


@pytest.mark.parametrize("example", sorted(set(examples())))
def test_an_example_is_understood(example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each example in a help text is a command with options and values that it takes."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "subscriptions.opml").touch()
    context, command = click.Context(dateline, info_name="dateline"), dateline
    arguments: list[str] = shlex.split(example)
    while arguments != ["--help"]:
        context = command.make_context(context.info_name, arguments, parent=context.parent)
        if not isinstance(command, click.Group):
            break
        name, command, arguments = command.resolve_command(context, [*context._protected_args, *context.args])
        context = click.Context(command, info_name=name, parent=context)


@pytest.mark.parametrize("one", COMMANDS, ids=lambda one: one.context.command_path)
def test_a_command_says_what_it_does(one: object) -> None:
    """Each command begins with one sentence, and there is an example of it, here or in its group's help."""
    first, *_ = one.text.split("\n\n")
    assert first.rstrip().endswith((".", ":"))
    name = one.context.command_path.removeprefix("dateline").strip()
    assert any(example.startswith(name) for example in examples())


@pytest.mark.skipif(shutil.which("groff") is None, reason="there is no groff")
def test_the_man_page_renders_without_a_warning() -> None:
    """Groff has nothing to say of the page, and shows every option."""
    page = subprocess.run(
        ["groff", "-man", "-ww", "-Tutf8", "-P-c", DOCS / "dateline.1"],  # noqa: S607 - wherever it is installed
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert page.stderr == ""
    shown = re.sub(r".\x08", "", page.stdout)
    assert "--follows QUESTION" in shown
    assert 'dateline ask "and who spoke for Israel?" --follows "who led the Doha talks?"' in shown


@pytest.mark.skipif(shutil.which("groff") is None, reason="there is no groff")
@given(st.lists(PRINTABLE, max_size=3))
def test_troff_shows_text_as_it_is(lines: list[str]) -> None:
    """Whatever a help text holds is shown as it is written, and no line of it is taken for a request."""
    wanted = [line.strip() for line in lines if line.strip()]
    source = "".join(f".PP\n{reference.plain(line)}\n" for line in wanted)
    shown = subprocess.run(
        ["groff", "-man", "-Tutf8", "-P-c", "-rLL=500n"],  # noqa: S607 - wherever it is installed
        input=f'.TH A 1 "" "" ""\n.nh\n.ad l\n.SH A\n{source}'.encode(),
        capture_output=True,
        check=True,
        timeout=120,
    ).stdout.decode()
    told = " ".join(re.sub(r".\x08", "", shown).split())
    for line in wanted:
        assert line in told
