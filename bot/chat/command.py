"""The command `chat`."""

from contextlib import closing
from typing import Any

import click

from bot.answering import Answerer
from bot.chat.conversations import Conversations, state_folder
from bot.chat.prompt import ReadLine, reader
from bot.chat.talk import Talk, opened
from bot.llm import open_wording
from bot.render.terminal import one_line, wrapped
from index_store import Configuration, configured, counted, day, filter_options, filters_from


@click.command("chat")
@click.option(
    "--resume", is_flag=False, flag_value="", metavar="[NAME]", help="Go on with the latest conversation, or this one."
)
@click.option("--list", "as_list", is_flag=True, help="Name the conversations that can be resumed.")
@click.option("--private", is_flag=True, help="Keep nothing of this conversation.")
@filter_options
@configured
def chat_command(
    configuration: Configuration,
    /,
    *,
    resume: str | None,
    as_list: bool,
    private: bool,
    **wanted: Any,  # noqa: ANN401 - the four values of filter_options
) -> None:
    """
    Talk with the indexed articles: follow-up questions are understood, and each answer quotes.

    Ctrl-C stops an answer, or clears the line; Ctrl-D ends. /help names what can be said besides questions.
    Conversations are kept for you alone and can be resumed, unless --private is given.

    \b
    Examples:
      dateline chat
      dateline chat --as-of 2025-05-01
      dateline chat --resume
      dateline chat --list
      dateline chat < questions.txt
    """
    if private and resume is not None:
        raise click.UsageError("--private keeps nothing, and --resume goes on with what was kept; give one of them.")
    if as_list:
        _list()
        return
    conversation, begin = opened(resume, private=private)
    with closing(Answerer.open(configuration, resident=True, wording=open_wording(configuration))) as answerer:
        talk = Talk(answerer, filters_from(**wanted), conversation, begin=begin)
        if conversation.answers:
            last = one_line(conversation.answers[-1].question.text)
            told = counted(len(conversation.answers), "answer")
            click.echo(wrapped(f"Going on with {conversation.name}: {told}, the last to “{last}”."), err=True)
        _go_on(talk, reader(talk.words, None if private else state_folder() / "history"))


def _go_on(talk: Talk, read: ReadLine) -> None:
    """Take lines until there are no more."""
    goes_on = True
    while goes_on:
        try:
            line = read(talk.prompt)
        except KeyboardInterrupt:
            continue
        if line is None:
            return
        try:
            goes_on = talk.take(line)
        except KeyboardInterrupt:
            click.echo("\nStopped.", err=True)


def _list() -> None:
    listed = False
    for one in Conversations.of_user().listed():
        click.echo(f"{one.name}  {day(one.last_at)}  {one_line(one.question)}")
        listed = True
    if not listed:
        click.echo("No conversation is kept yet; `dateline chat` begins one.", err=True)
