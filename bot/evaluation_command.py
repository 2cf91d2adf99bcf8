"""The command `eval`."""

import json
from contextlib import closing
from dataclasses import asdict
from functools import partial
from pathlib import Path

import click

from bot.answering import Answerer, Question
from bot.evaluation import SEARCHED_ARTICLES, Evaluation, Failure, KnownQuestion, Outcome, evaluate, read_questions
from bot.llm import open_wording
from bot.render.terminal import printable, wrapped
from index_store import Configuration, Filters, NewsIndex, configured, counted


@click.command("eval")
@click.argument("files", nargs=-1, required=True, metavar="QUESTIONS.jsonl...", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print figures and failures as one JSON object.")
@configured
def evaluate_command(configuration: Configuration, /, files: tuple[Path, ...], *, as_json: bool) -> None:
    """
    Ask questions whose answers are known, and print how many are answered, cited and declined rightly.

    A line is {"id": "1", "question": "…", "asked_at": "2025-03-05", "answers": ["…"], "gold_urls": ["…"],
    "answer_in_gold": true}. Questions without gold_urls should be declined.

    \b
    Examples:
      dateline eval questions.jsonl unanswerable.jsonl
      dateline eval questions.jsonl --json > figures.json
    """
    questions = [question for file in files for question in read_questions(file)]
    with closing(Answerer.open(configuration, resident=True, wording=open_wording(configuration))) as answerer:
        told = evaluate([_outcome(answerer, question) for question in questions])
    click.echo(json.dumps(asdict(told), ensure_ascii=False) if as_json else _readable(told))


def _outcome(answerer: Answerer, question: KnownQuestion) -> Outcome:
    filters = Filters(as_of=question.asked_at)
    answer = answerer.ask(Question(question.text, filters, question.key))
    search = partial(NewsIndex.search, query=question.text, filters=filters, limit=SEARCHED_ARTICLES, per_article=1)
    found = answerer.from_index(search) if question.gold_urls else ()
    return Outcome(question, answer, tuple(passage.article.url for passage in found))


def _readable(told: Evaluation) -> str:
    groups = (("search", told.search), ("ask", told.ask), ("refuse", told.refuse))
    shown = [_figures(name, figures) for name, figures in groups if figures["questions"]]
    failures = [_failure(failure) for failure in told.failures]
    return "\n\n".join((*shown, click.style(counted(len(failures), "failure"), bold=True), *failures))


def _figures(name: str, figures: dict[str, float | None]) -> str:
    lines = (f"  {label:<20} {'—' if value is None else f'{value:g}'}" for label, value in figures.items())
    return "\n".join((click.style(name, bold=True), *lines))


def _failure(failure: Failure) -> str:
    """Lay one row of the table out as a block: answers are too long for columns."""
    rows = (("asked", failure.question), ("said", failure.said), ("expected", failure.expected))
    lines = (wrapped(printable(f"{label}: {' '.join(text.split())}"), indent="  ") for label, text in rows)
    return "\n".join((f"{printable(failure.key)}: {failure.problem}", *lines))
