"""The figures of `dateline eval`, over invented questions on a few invented articles."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from small_index import index_into
from strike_news import ARTICLES, OTHERS

from bot.cli import dateline
from index_store import PassageEncoder

ANSWERED = {
    "id": "sailors",
    "question": "How many sailors left the ferries of Port Maren in a strike over pay?",
    "asked_at": "2024-11-22",
    "answers": ["200", "two hundred"],
    "gold_urls": ["http://www.quay.example/1/?from=quiz", "https://quay.example/2"],
    "answer_in_gold": True,
}
WRONG = ANSWERED | {"id": "wrong", "answers": ["Bo Lind"], "gold_urls": ["https://quay.example/6"]}
UNANSWERABLE = {"id": "none", "question": "Who won the regatta of Narvala?", "answers": []}
NOT_YET = ANSWERED | {"id": "early", "asked_at": "2020-01-01"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, encoder: PassageEncoder) -> Path:
    """A data folder with the strike and other matters."""
    folder = tmp_path_factory.mktemp("eval")
    index_into(folder, (*ARTICLES, *OTHERS), encoder)
    return folder


def evaluate(folder: Path, lines: Sequence[object], *options: str) -> Result:
    """Run `dateline eval` on these lines."""
    file = folder / "questions.jsonl"
    file.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    return CliRunner().invoke(dateline, ["--data-dir", str(folder), "eval", str(file), *options])


def test_the_figures_count_what_is_right(folder: Path) -> None:
    """Found, answered and cited from the gold article, whatever variant its address is; a refusal that is right."""
    figures = json.loads(evaluate(folder, [ANSWERED, UNANSWERABLE], "--json").stdout)
    assert figures["search"] == {"questions": 1, "hit@1": 1.0, "hit@5": 1.0, "hit@10": 1.0, "mrr@10": 1.0}
    asked = figures["ask"]
    assert [asked[name] for name in ("answered", "first_cites_gold", "any_quote_holds", "answer_holds")] == [1.0] * 4
    assert (asked["questions"], asked["with_answer_in_gold"]) == (1, 1)
    assert figures["refuse"] == {"questions": 1, "declined": 1.0}
    assert figures["failures"] == []


def test_failures_are_listed_to_be_read(folder: Path) -> None:
    """What was asked, said and expected stands under the question's id, in words and as JSON."""
    figures = json.loads(evaluate(folder, [WRONG, NOT_YET, ANSWERED], "--json").stdout)
    assert [failure["key"] for failure in figures["failures"]] == ["wrong", "early"]
    assert figures["ask"]["answered"] == pytest.approx(0.6667)
    told = " ".join(evaluate(folder, [WRONG, NOT_YET]).output.split())
    assert "wrong: no quote holds the answer" in told
    assert "expected: Bo Lind (https://quay.example/6)" in told
    assert "said: declined: No indexed article published by 1 January 2020." in told


def test_there_is_no_share_of_nothing(folder: Path) -> None:
    """Without unanswerable questions their figure is null, not a number that JSON does not know."""
    figures = json.loads(evaluate(folder, [UNANSWERABLE], "--json").stdout)
    assert figures["ask"]["answered"] is None
    assert figures["search"]["mrr@10"] is None


@pytest.mark.parametrize(
    "line",
    ["{", "[]", '{"id": "x"}', '{"question": "Who?", "answers": "x"}', '{"question": "Who?", "asked_at": "05/03"}'],
)
def test_a_line_that_is_no_question_is_named(folder: Path, line: str) -> None:
    """The message has the line's number, and nothing is asked."""
    failed = evaluate(folder, [ANSWERED, line])
    assert failed.exit_code == 1
    assert "line 2 cannot be read" in str(failed.exception)
