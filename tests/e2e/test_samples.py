"""The articles in samples/, with which everybody starts: what `make demo` does, and more of it."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from command_line import Dateline, clean_environment
from running_bot import REPOSITORY

SAMPLES = REPOSITORY / "samples"


@pytest.fixture(scope="module")
def first_report(tmp_path_factory: pytest.TempPathFactory) -> tuple[Dateline, dict[str, Any]]:
    """Index samples/; return the program with that index, and the report."""
    folder = tmp_path_factory.mktemp("samples")
    dateline = Dateline(folder, folder / "index")
    return dateline, dateline("index", SAMPLES, "--json").succeeded().record


@pytest.fixture(scope="module")
def dateline(first_report: tuple[Dateline, dict[str, Any]]) -> Dateline:
    """The program, with an index of the samples."""
    return first_report[0]


def test_all_samples_are_indexed(first_report: tuple[Dateline, dict[str, Any]]) -> None:
    """All fourteen samples are added; none fails, is a duplicate, or needs a warning."""
    report = first_report[1]
    assert (report["added"], report["failed"], report["duplicates"]) == (14, 0, 0)
    assert (report["failures"], report["warnings"]) == ([], [])


def test_samples_again(dateline: Dateline) -> None:
    """Run again, all samples are unchanged and nothing is embedded."""
    report = dateline("index", SAMPLES, "--json").succeeded().record
    assert (report["unchanged"], report["added"], report["updated"], report["chunks"]) == (14, 0, 0, 0)


def test_every_sample_is_dated_and_signed(dateline: Dateline) -> None:
    """Of every sample the web address, date and publisher are known; a byline is read from each kind of file."""
    listed = dateline("articles", "list", "--json").succeeded().records
    assert all(summary["url"].startswith("https://") for summary in listed)
    assert all(summary["published_at"] and summary["publisher"] for summary in listed)
    ids = {summary["publisher"]: summary["article_id"] for summary in listed}
    for publisher, authors in {
        "Harbour Wire": ["Miriam Castellan", "Owen Threlfall"],  # JSONL
        "Touchline Standard": ["Gwilym Pascoe"],  # HTML
        "Deccan Lantern": ["Devika Raghunandan"],  # Markdown
        "Rideau Evening Mail": ["Colette Marchbanks", "Iain Sorley"],  # text
    }.items():
        shown = dateline("articles", "show", ids[publisher], "--json").succeeded().record
        assert shown["authors"] == authors


def test_the_question_of_the_demo(dateline: Dateline) -> None:
    """“Who led the Doha talks?” names Adam Boehler, with the passage, its title, publisher, date and link."""
    run = dateline("ask", "Who led the Doha talks?").succeeded()
    assert "Adam Boehler led the meetings in Doha. [1]" in run.told
    cited = run.told[run.told.index("[1] Washington opens direct line") :]
    assert "“US presidential envoy for hostage affairs Adam Boehler led the meetings in Doha.”" in cited
    assert "Harbour Wire · 5 March 2025" in cited
    assert "https://harbourwire.example/2025/03/05/us-hamas-direct-talks-doha" in cited


@pytest.mark.parametrize(
    ("question", "said", "publisher"),
    [
        ("Who shared the 2024 Nobel Prize in Physics?", "Hinton", "Skerry Gazette"),
        ("Who is the chairman of ISRO?", "Somanath", "Deccan Lantern"),
        ("Who scored the winning goal for Spain in the Euro 2024 final?", "Oyarzabal", "Touchline Standard"),
        ("Who was elected pope?", "Prevost", "Tiber Dispatch"),
        ("When did SLIM touch down on the Moon?", "20 January 2024", "Kitano Science Post"),
    ],
)
def test_samples_of_each_kind_are_answered_from(question: str, said: str, publisher: str, dateline: Dateline) -> None:
    """JSONL, HTML, Markdown and text files are answered from, each quote in place in its article."""
    answer = dateline("ask", question, "--json").succeeded().record
    assert said in answer["answer"]
    assert publisher in [citation["publisher"] for citation in answer["citations"]]
    for citation in answer["citations"]:
        text = dateline.text_of(citation["article_id"])
        assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_nobody_knows_the_pope_before_the_election(dateline: Dateline) -> None:
    """As of 30 April 2025 the article of May is neither quoted nor named."""
    answer = dateline("ask", "Who was elected pope?", "--as-of", "2025-04-30", "--json").succeeded().record
    named = [*answer["citations"], *answer["nearest"]]
    assert named
    assert all(article["published_at"] < "2025-05" for article in named)
    assert "Prevost" not in json.dumps(answer)


def test_nothing_from_after_the_question_is_ever_named(dateline: Dateline, tmp_path: Path) -> None:
    """Asked as of any day, an answer cites and names only what had been published by then."""
    questions = (
        "How many people did the Myanmar earthquake kill?",
        "Which goods are exempt from the tariffs on Canada and Mexico?",
        "Who lifted martial law in South Korea?",
        "Which countries have landed on the Moon?",
    )
    days = ("2023-01-01", "2024-03-01", "2024-12-04", "2025-03-05", "2025-03-29", "2026-01-01")
    lines = [json.dumps({"id": day, "question": q, "asked_at": day}) for q in questions for day in days]
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    answers = dateline("ask", "--batch", file).succeeded().records
    assert len(answers) == len(questions) * len(days)
    for answer in answers:
        named = [*answer["citations"], *answer["nearest"]]
        assert all(article["published_at"] <= answer["as_of"] for article in named)
        assert answer["abstained"] or answer["id"] != "2023-01-01"
    assert sum(not answer["abstained"] for answer in answers) >= len(questions)


@pytest.mark.parametrize("question", ["What is the capital of Mongolia?", "Who won the 2031 Tour de France?"])
def test_what_no_sample_says(question: str, dateline: Dateline) -> None:
    """A question that the samples do not answer is declined, with status 0 and no citation."""
    answer = dateline("ask", question, "--json").succeeded().record
    assert (answer["abstained"], answer["citations"]) == (True, [])
    assert answer["reason"]


def test_the_page_on_llama_index_runs(dateline: Dateline, tmp_path: Path) -> None:
    """The Python of docs/llamaindex.md, run as it stands beside an index of the samples, prints what the page says."""
    page = (REPOSITORY / "docs" / "llamaindex.md").read_text(encoding="utf-8")
    python, shown = (re.findall(rf"^```{kind}\n(.*?)^```$", page, re.M | re.S) for kind in ("python", "text"))
    assert dateline.data_dir is not None
    (tmp_path / "news").symlink_to(dateline.data_dir)
    run = subprocess.run(
        [sys.executable, "-c", "\n".join(python)],
        cwd=tmp_path,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (run.stdout, run.returncode) == ("".join(shown), 0), run.stderr
    assert len(shown) == len(python)


def test_a_question_may_leave_out_what_was_asked_before(dateline: Dateline) -> None:
    """With --follows, or in a batch with "follows", a question is searched with what it leaves out, and shows it."""
    before = "How many people died in the Myanmar earthquake?"
    shown = dateline("ask", "And how many were injured?", "--follows", before).succeeded().out
    assert "Searched as: On the Myanmar earthquake: how many were injured?" in shown
    lines = [
        {"question": "what did he say?", "follows": ["Who led the Doha talks?"]},
        {"question": "when was that?", "follows": ["Who led the Doha talks?", "what did he say?"]},
        {"question": "when was that?", "follows": "Who led the Doha talks?"},
    ]
    run = dateline("ask", "--batch", "-", stdin="".join(json.dumps(line) + "\n" for line in lines))
    assert run.status == 1
    first, second, third = run.records
    assert first["standalone_question"] == "what did he (Adam Boehler) say?"
    assert "Adam Boehler" in second["standalone_question"]
    assert third["error"] == "Line 3 cannot be read: “follows” must be a list of questions."
