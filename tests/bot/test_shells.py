"""A half-typed line of bash, read as bash reads it and completed so that it stays what was meant."""

import shlex
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.shells import read_line

BREAKS = " \t\n\"'><=;|&(:"
PRINTABLE = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("line", "before", "text", "quote"),
    [
        ("dateline ", ["dateline"], "", ""),
        ("dateline as", ["dateline"], "as", ""),
        (r"dateline ask --source Harbour\ W", ["dateline", "ask", "--source"], "Harbour W", ""),
        ('dateline ask --source "Harbour W', ["dateline", "ask", "--source"], "Harbour W", '"'),
        ("dateline ask 'who led?' --source 'It", ["dateline", "ask", "who led?", "--source"], "It", "'"),
        ('dateline ask "" ', ["dateline", "ask", ""], "", ""),
        ("dateline sources remove https://ha", ["dateline", "sources", "remove"], "https://ha", ""),
    ],
)
def test_a_half_typed_line_is_read(line: str, before: list[str], text: str, quote: str) -> None:
    """Whole words come before, and the last word is what it means, with the quotation mark that is still open."""
    words, last = read_line(line, breaks=BREAKS)
    assert (words, last.text, last.quote) == (before, text, quote)


def test_only_what_follows_a_colon_is_replaced() -> None:
    """Bash replaces an address from its last colon on, and an option's value from its equals sign."""
    address = "https://harbourwire.example:8443/feed.xml"
    assert read_line("dateline sources remove https://ha", breaks=BREAKS)[1].completed(address) == address[6:]
    assert read_line("dateline sources remove https://ha", breaks=" ")[1].completed(address) == address
    assert read_line("dateline ask --source=Har", breaks=BREAKS)[1].completed("Harbour Wire") == r"Harbour\ Wire"


@given(PRINTABLE, st.sampled_from(["", "'", '"']))
def test_a_completed_name_is_one_word_that_starts_nothing(name: str, quote: str) -> None:
    """Whatever a publisher is called, the completed word means that name to a shell, in quotes or out of them."""
    last = read_line(f"dateline ask --source {quote}", breaks=BREAKS)[1]
    assert last.quote == quote
    word = quote + last.completed(name) + quote
    # Inside double quotes Python's reader leaves the backslash before "$", "`" and "!" standing.
    plain = word.replace("\\$", "$").replace("\\`", "`").replace("\\!", "!") if quote == '"' else word
    assert shlex.split(plain) == [name]


@pytest.mark.parametrize("quote", ["", "'", '"'])
def test_bash_runs_nothing_that_a_name_holds(quote: str) -> None:
    """A name that would run commands is an argument to bash, not a command."""
    name = 'A $(echo run) `echo run` ${HOME}; echo run | x & it\'s "so" \\ *'
    word = quote + read_line(f"dateline {quote}", breaks=BREAKS)[1].completed(name) + quote
    told = subprocess.run(
        ["/bin/bash", "--norc", "-c", f"printf %s {word}"], capture_output=True, text=True, check=True, timeout=60
    )
    assert told.stdout == name
