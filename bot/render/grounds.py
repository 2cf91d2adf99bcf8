"""What a conversation in a terminal tells beside answers: their grounds and sources, how to ask; pure functions."""

from collections.abc import Iterator

from bot.answering import Answer, Claim
from bot.render import wording
from bot.render.terminal import one_line
from index_store import Filters, day, outlet

_RESTS_ON = {
    "confirmed": "confirmed by independent articles",
    "single-source": "a single source",
    "disputed": "disputed: another article gives another figure",
}

HELP = (
    "Ask in plain words, and go on: “and who spoke for Israel?”",
    "",
    "/sources        what the last answer quotes, with addresses",
    "/read N         its source N in full, the quote marked",
    "/why            what it rests on, and what was searched",
    "/as-of DATE     know nothing published later; without a date, know all again",
    "/export FILE    write the conversation as Markdown, with quotes and links",
    "/new            begin another conversation",
    "/help           show this",
    "/quit           end, as Ctrl-D does",
    "",
    "Ctrl-C stops an answer, or clears the line. What is pasted is one question, however many lines it has.",
)


def why_lines(answer: Answer) -> Iterator[str]:
    """Explain an answer: what was searched, and what each claim rests on; or why nothing is said."""
    yield f"Searched for: {one_line(answer.standalone_question)}"
    yield f"Among: {among(answer.window)}"
    if answer.abstained:
        yield f"Why nothing is said: {one_line(answer.reason or 'it is not known')}"
        return
    yield wording.HOW_WORDED[answer.mode]
    if answer.note:
        yield f"Not by a model: {one_line(answer.note)}."
    for claim in answer.claims:
        yield ""
        yield one_line(answer.lead_in(claim) + claim.text)
        yield f"→ {_grounds(answer, claim)}"


def _grounds(answer: Answer, claim: Claim) -> str:
    cited = [answer.citations[n - 1] for n in claim.citations]
    names = dict.fromkeys(f"[{citation.n}] {one_line(citation.publisher or citation.url)}" for citation in cited)
    return f"{_RESTS_ON[claim.support]}: {', '.join(names)}{wording.repeated_by(cited)}"


def among(window: Filters) -> str:
    """Describe which articles were asked, on one line."""
    return wording.among(window, day, one_line)


def source_lines(answer: Answer) -> Iterator[str]:
    """List what an answer quotes: where it stands, its id and version, and its copies with their addresses."""
    for citation in answer.citations:
        told = (one_line(citation.publisher or ""), day(citation.published_at), one_line(", ".join(citation.authors)))
        yield f"[{citation.n}] {one_line(citation.title)}"
        yield f"    {' · '.join(filter(None, told))}"
        yield f"    {one_line(citation.url)}"
        yield f"    article {one_line(citation.article_id)}, version {citation.version}"
        for copy in citation.also_in:
            yield f"    also in {one_line(outlet(copy))}: {one_line(copy.url)}"
