"""The command `ask` while others change the index."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from small_index import index_into, remove_from
from strike_news import ARTICLES

from bot.answering import Answer, Answerer, Question
from bot.cli import dateline
from index_store import PassageEncoder
from index_store.care.compact import compact


def test_a_cited_article_goes_before_the_answer_is_shown(
    tmp_path: Path, encoder: PassageEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal its quote stands without what stood around it, and nothing fails."""
    index_into(tmp_path, ARTICLES, encoder)
    answered = Answerer.ask

    def ask(answerer: Answerer, question: Question, *hear: None) -> Answer:
        answer = answered(answerer, question, *hear)
        remove_from(tmp_path, *{citation.article_id for citation in answer.citations})
        compact(tmp_path, forget_before=datetime.now(UTC) + timedelta(days=1))
        return answer

    monkeypatch.setattr(Answerer, "ask", ask)
    question = "How many sailors left the ferries of Port Maren in a strike over pay?"
    asked = ["--data-dir", str(tmp_path), "ask", question]
    shown = CliRunner().invoke(dateline, asked, env={"FORCE_COLOR": "1", "NO_COLOR": "1"}, catch_exceptions=False)
    assert shown.exit_code == 0
    assert "¹" in shown.stdout
    assert "sailors" in shown.stdout
