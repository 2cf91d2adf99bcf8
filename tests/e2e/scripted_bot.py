"""
The real bot in front of an answerer that fails in the ways real ones do, by the words of the question.

Started as a program: everything but the answers is what `dateline bot` runs.
"""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.answering import Answer, Question
from bot.discord.app import Home, run_bot
from bot.settings import DiscordSettings
from index_store import ArticleSummary, EmptyIndexError


class ScriptedAnswerer:
    """Abstains, unless the question says otherwise."""

    def ask(self, question: Question) -> Answer:
        """Crash, find nothing, or hold until somebody presses Enter, as asked."""
        if "crash" in question.text:
            raise RuntimeError("the secret of the crash")
        if "empty" in question.text:
            raise EmptyIndexError("Nothing is indexed yet.", remedy="Run `dateline index`.")
        if "hold" in question.text:
            sys.stderr.write("holding\n")
            sys.stdin.readline()
        return Answer(question, question.text, (), (), "The indexed articles don't say.", (), "extractive", 1.0)

    def about(self, topic: str, *, limit: int) -> tuple[ArticleSummary, ...]:  # noqa: ARG002 -- as the real one
        """Find nothing."""
        return ()


if __name__ == "__main__":
    addresses = {"api": os.environ["DATELINE_DISCORD_API"], "gateway": os.environ["DATELINE_DISCORD_GATEWAY"]}
    with TemporaryDirectory() as folder:
        settings, home = DiscordSettings(**addresses, queue_limit=1), Home(Path(folder), ())
        run_bot(ScriptedAnswerer(), settings, os.environ["DISCORD_TOKEN"], home=home)
