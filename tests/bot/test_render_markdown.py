"""A conversation as Markdown: quotes and links, and strangers' text as text."""

import re

from hostile import hostile
from hypothesis import HealthCheck, given, settings
from test_render_terminal import SUMMARY, answered, declined

from bot.render.markdown import conversation_markdown

LIVE = re.compile(r"(?<!\\)(?:\\\\)*[*_`<>\[\]~|#]")
OURS = re.compile(
    r"^(?:# |## |> |- |\*Searched as:\* |\*Among\* |\*\*The indexed articles don't say\.\*\*)", re.MULTILINE
)
LINK = re.compile(r"(?<!\\)\[(?P<text>(?:[^\[\]\\]|\\.)*)\]\(https?://[!-'*-~]*\)")


def test_a_conversation_is_a_document() -> None:
    """Each question is a heading; below it the claims with numbers, then each source with a link and its quote."""
    answers = (answered("Adam Boehler led the talks."), declined("No article mentions Bluemel.", SUMMARY))
    assert conversation_markdown(answers, title="Talks") == (
        "# Talks\n\n"
        "## Who?\n\n"
        "Adam Boehler led the talks. \\[1\\]\n\n"
        "\\[1\\] [Talks in Doha](https://wire.example/doha) · Example Wire · 5 March 2025\n\n"
        "> Adam Boehler led the talks.\n\n"
        "## Who?\n\n"
        "**The indexed articles don't say.** No article mentions Bluemel.\n\n"
        "- [Talks in Doha](https://wire.example/doha) · Example Wire · 5 March 2025\n"
    )


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(hostile, hostile, hostile)
def test_an_article_cannot_break_out_of_the_document(quote: str, title: str, url: str) -> None:
    """Beside our own headings, lists, quotations and links there is no markup, and no line but ours."""
    for answer in (answered(quote, title=title, url=url), declined(quote, SUMMARY)):
        document = conversation_markdown((answer,), title="Talks")
        for line in document.splitlines():
            assert not LIVE.search(LINK.sub(r"\g<text>", OURS.sub("", line))), line
            assert not re.match(r"[=+-]|\d+[.)]", OURS.sub("", line)), line
