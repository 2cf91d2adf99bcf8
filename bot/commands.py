"""The command `ask`."""

import json
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import Any

import click

from bot.answering import Answer, Answerer, Claim, Question, Turn
from bot.llm import open_wording
from bot.render.as_json import answer_json
from bot.render.screen import screen_of
from bot.saying import Saying
from index_store import (
    BatchLine,
    Configuration,
    StoreSettings,
    answer_batch,
    complete_files,
    configured,
    earlier_questions,
    filter_options,
    filters_from,
    question_from,
    tell_unknown_publishers,
)


@click.command()
@click.argument("question", required=False)
@click.option(
    "--batch",
    metavar="FILE",
    shell_complete=complete_files,
    help="Answer every line of a JSONL file; - reads standard input.",
)
@click.option(
    "--follows",
    metavar="QUESTION",
    multiple=True,
    help="What was asked before, which this question may leave out; repeatable, oldest first.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the answer as one JSON object.")
@click.option("--stream", is_flag=True, help="Print a model's claims as they are checked (quotes come all at once).")
@filter_options
@configured
def ask(
    configuration: Configuration,
    /,
    question: str | None,
    *,
    batch: str | None,
    follows: tuple[str, ...],
    as_json: bool,
    stream: bool,
    **wanted: Any,  # noqa: ANN401 - the four values of filter_options
) -> None:
    """
    Answer QUESTION from the indexed articles; every claim quotes the passage it rests on.

    Where the articles don't say, the answer says so and names the nearest ones; that is no failure. WHEN is a date or
    time: 2025-03-05, 2025-03-05T18:40Z, March 2025, yesterday, "3 days ago".

    \b
    Examples:
      dateline ask "who led the Doha talks?"
      dateline ask "what did the bank decide?" --since 2025-03-01
      dateline ask "who is the pope?" --as-of 2025-05-01
      dateline ask "and who spoke for Israel?" --follows "who led the Doha talks?"
      dateline ask --batch questions.jsonl > answers.jsonl

    A line of a batch is {"id": "1", "question": "…", "asked_at": "2025-03-05", "follows": ["…"]};
    asked_at works as --as-of, follows as --follows, and both may be left out.
    """
    asked, earlier = question_from(question, batch), earlier_questions(follows)
    filters = filters_from(**wanted)
    wording = open_wording(configuration)
    with closing(Answerer.open(configuration, resident=batch is not None, wording=wording)) as answerer:
        if batch is not None:
            complete = answer_batch(batch, filters, lambda line: _batch_reply(answerer, line))
            raise click.exceptions.Exit(0 if complete else 1)
        saying = Saying(None if as_json else screen_of(sys.stdout))
        hear = saying.hear if stream and not as_json else None
        answer = _asked_after(answerer, earlier, Question(asked, filters), hear)
        quotes = answerer.from_index(partial(saying.quotes, answer))
    tell_unknown_publishers(configuration.section(StoreSettings).data_dir, filters)
    if as_json:
        click.echo(json.dumps(answer_json(answer), ensure_ascii=False))
    else:
        saying.say(answer, quotes)


def _batch_reply(answerer: Answerer, line: BatchLine) -> dict[str, Any]:
    return answer_json(_asked_after(answerer, line.follows, Question(line.question, line.filters, line.key)))


def _asked_after(
    answerer: Answerer, earlier: Sequence[str], question: Question, hear: Callable[[Claim], None] | None = None
) -> Answer:
    """Ask a question after others, since "he" may be somebody whom one of their answers names."""
    conversation: tuple[Turn, ...] = ()
    for text in earlier:
        conversation += (answerer.ask(replace(question, text=text, conversation=conversation)).turn,)
    return answerer.ask(replace(question, conversation=conversation), hear)
