"""What commands show at a terminal, and that pipes see nothing of it."""

import re
from pathlib import Path

import pytest
from at_a_terminal import bare, to_the_end, typed_at
from command_line import Dateline
from wcwidth import wcswidth

BOEHLER = "Who led the talks in Doha?"


@pytest.fixture
def dateline(indexed_folder: Path, tmp_path: Path) -> Dateline:
    """The program, with a small index."""
    return Dateline(tmp_path, indexed_folder)


def test_an_answer_at_a_terminal(dateline: Dateline) -> None:
    """The number is raised, the headline can be clicked, the quote stands in its context; 40 columns are enough."""
    with typed_at(dateline, "ask", BOEHLER, columns=40, environment={"FORCE_HYPERLINK": "1"}) as child:
        sent, status = to_the_end(child)
    assert status == 0
    assert "\x1b]8;id=" in sent
    shown = bare(sent)
    assert "past weeks.¹\n" in shown
    assert " ¹  Washington confirms direct talks" in shown
    assert "· wire.example" in " ".join(shown.split())
    assert "directly. “The US envoy" in " ".join(shown.split())
    assert all(0 <= wcswidth(line) <= 40 for line in shown.splitlines())


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_without_colours_gets_text(environment: dict[str, str], dateline: Dateline) -> None:
    """Not one escape sequence, and all that there is to read."""
    with typed_at(dateline, "ask", BOEHLER, environment=environment) as child:
        sent, status = to_the_end(child)
    assert status == 0
    assert "\x1b" not in sent
    assert "https://wire.example/2025/03/05/doha-talks_(hostages)" in sent


def test_a_pipe_gets_plain_text(dateline: Dateline) -> None:
    """Numbers in brackets, as programs know them; FORCE_COLOR asks for what a terminal gets."""
    assert re.search(r"past weeks\. \[1\]\n\n\[1\] Washington", dateline("ask", BOEHLER).succeeded().out)
    assert "\x1b[" in dateline("ask", BOEHLER, environment={"FORCE_COLOR": "1"}).succeeded().out


def test_an_article_is_shown_with_its_quote_marked(dateline: Dateline) -> None:
    """At a terminal the quote is coloured, in a pipe it stands between marks; a span beyond the text is refused."""
    (citation,) = dateline("ask", BOEHLER, "--json").succeeded().record["citations"]
    span = f"{citation['start']}:{citation['end']}"
    with typed_at(dateline, "read", citation["article_id"], "--span", span) as child:
        sent, status = to_the_end(child)
    assert status == 0
    marked = " ".join(re.findall(r"\x1b\[1;30;43m([^\x1b]*)", sent))
    assert " ".join(marked.split()) == citation["quote"]
    piped = dateline("read", citation["article_id"], "--span", span).succeeded().told
    assert f">>> {citation['quote']} <<<" in piped
    refused = dateline("read", citation["article_id"], "--span", "0:99999")
    assert refused.status == 2
    assert "has" in refused.err
    assert dateline("read", citation["article_id"], "--span", "5:5").status == 2
