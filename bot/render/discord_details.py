"""What Discord shows beside answers: their sources, their grounds, what is indexed. Pure, as `discord.py`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.answering import Answer, Citation, Claim
from bot.render.discord import (
    AMBER,
    BLUE,
    GREEN,
    GREY,
    USUAL,
    AnswerMessage,
    EmbedField,
    Style,
    headline,
    publisher_of,
    support_of,
    when,
)
from bot.render.markup import link, plain, timestamp, units
from bot.render.wording import HOW_WORDED, among, repeated_by
from index_store import ArticleSummary, Version, counted

_TITLE = 200
_LINES = 3_800  # of a description's 4,096 units
_CONTEXT = 900
_QUOTE = 1_600
_CLAIM = 260
_LEAD_IN = 100


def details(title: str, lines: Sequence[str], *, colour: int = GREY, footer: str = "") -> AnswerMessage:
    """Make a message of lines that are safe already; those beyond Discord's limit are left out, and counted."""
    shown, room = list[str](), _LINES
    for line in lines:
        room -= units(line) + 1
        if room < 0:
            shown.append(f"*… and {len(lines) - len(shown)} more.*")
            break
        shown.append(line)
    return AnswerMessage(plain(title, limit=_TITLE), "\n".join(shown) or "…", (), footer, colour)


def notice(text: str) -> AnswerMessage:
    """Say one sentence of our own."""
    return details("Dateline", [plain(text, limit=1_500)])


def source_message(
    citation: Citation, version: Version | None, *, newest: int | None, stands: bool, of: int
) -> AnswerMessage:
    """
    Show a quote in its context.

    Args:
        citation: What is quoted.
        version: The article version quoted; None where it is not kept any more, so that the quote stands alone.
        newest: Number of the article's live version; None where it was removed.
        stands: Whether that version still holds the quote.
        of: How many citations the answer has.
    """
    quote = plain(citation.quote, limit=_QUOTE)
    before, after = _context(citation, version.article.text) if version else ("", "")
    told = (
        headline(citation, limit=900),
        f"{publisher_of(citation)} · {when(citation)}",
        _standing(citation, newest, stands=stands),
    )
    text = "\n".join(filter(None, (before, f"> **{quote}**", after)))
    if version is None:
        text += "\n*The text around it is not kept any more.*"
    title = f"Source {citation.n} of {of}"
    return AnswerMessage(title, "\n".join(told) + f"\n\n{text}", (), f"Article {citation.article_id}", BLUE)


def _context(citation: Citation, text: str) -> tuple[str, str]:
    """Return what stands before and after a quote, cut at words."""
    before = text[max(0, citation.start - _CONTEXT // 2) : citation.start]
    after = text[citation.end : citation.end + _CONTEXT // 2]
    if citation.start > _CONTEXT // 2:
        before = f"… {before.partition(' ')[2]}"
    if citation.end + _CONTEXT // 2 < len(text):
        after = f"{after.rpartition(' ')[0]} …"
    return plain(before, limit=_CONTEXT), plain(after, limit=_CONTEXT)


def _standing(citation: Citation, newest: int | None, *, stands: bool) -> str:
    """Say which version is quoted, and what became of it."""
    if newest is None:
        return f"Version {citation.version} · ⚠️ *this article has been removed since*"
    if newest != citation.version:
        changed = f"the article has changed since: version {newest} is the current one"
        if stands:
            return f"Version {citation.version} · *{changed}, and still holds this quote*"
        return f"Version {citation.version} · ⚠️ *{changed}, and this quote is no longer in it*"
    return f"Version {citation.version}, the current one"


def why_message(answer: Answer, style: Style = USUAL) -> AnswerMessage:
    """Explain an answer: what was searched, and what each claim rests on; or why nothing is said."""
    fields = [EmbedField("Searched for", plain(answer.standalone_question, limit=600) or "…")]
    fields.append(EmbedField("Among", among(answer.window, timestamp, partial(plain, limit=200))))
    if answer.abstained:
        fields.append(EmbedField("Why nothing is said", style.reason(answer.reason) or "…"))
        fields.append(
            EmbedField("Nearest articles", counted(len(answer.nearest), "article") if answer.nearest else "none")
        )
        return AnswerMessage("Why this answer?", "", tuple(fields), "", GREY)
    lines = [_grounds(answer, claim, style) for claim in answer.claims]
    intro = f"{HOW_WORDED[answer.mode]} What it rests on:"
    return replace(details("Why this answer?", (intro, *lines), colour=BLUE), fields=tuple(fields))


def _grounds(answer: Answer, claim: Claim, style: Style) -> str:
    cited = [answer.citations[n - 1] for n in claim.citations]
    names = list(dict.fromkeys(publisher_of(citation) for citation in cited))
    sources = len({citation.article_id for citation in cited})
    rests_on = "1 source" if sources == 1 else f"{sources} independent sources"
    sign, words = support_of(claim)
    told = f"{rests_on} ({', '.join(names[:4])}{', …' if len(names) > 4 else ''}){repeated_by(cited)}"
    lead_in = plain(answer.lead_in(claim, style.date_of), limit=_LEAD_IN)
    before = f"**{lead_in}** " if lead_in else ""
    return f"{sign} {before}{plain(claim.text, limit=_CLAIM)}\n**{words}**: {told}"


def what_changed(old: Answer, new: Answer, given_at: datetime) -> str:
    """Say in a line whether an answer that was asked for again differs from the one before."""
    before = timestamp(given_at)
    if old.abstained and new.abstained:
        return f"**Still nothing**: as on {before}, the articles don't say."
    if [claim.text for claim in old.claims] != [claim.text for claim in new.claims]:
        return f"**Changed** since the answer of {before}."
    sources = {citation.article_id for citation in new.citations} - {citation.article_id for citation in old.citations}
    if sources:
        return f"**The same claims** as on {before}, now with {counted(len(sources), 'more source')}."
    return f"**Nothing has changed** since the answer of {before}."


def articles_message(title: str, articles: Sequence[ArticleSummary], *, otherwise: str) -> AnswerMessage:
    """List articles, or say something else where there are none."""
    if not articles:
        return details(title, [plain(otherwise, limit=600)])
    return details(title, [article_line(article) for article in articles], colour=BLUE)


def article_line(article: ArticleSummary) -> str:
    """Write an article as an item of a list."""
    return f"• {headline(article, limit=500)}\n{publisher_of(article)} · {when(article)} · `{_id(article.article_id)}`"


def article_message(version: Version) -> AnswerMessage:
    """Show an article: its beginning, version and dates."""
    article = version.article
    summary = ArticleSummary.of(article)
    byline = plain(", ".join(article.authors), limit=200)
    lines = [
        headline(summary, limit=900),
        " · ".join(filter(None, (publisher_of(summary), byline, when(summary)))),
        f"Version {version.number}, indexed {timestamp(version.indexed_at)}",
        "",
        plain(article.text, limit=1_500),
    ]
    return AnswerMessage("Article", "\n".join(lines), (), f"Article {article.article_id}", BLUE)


def holdings_message(publishers: Sequence[tuple[str | None, int]], newest: datetime | None) -> AnswerMessage:
    """Tell what is indexed."""
    total = counted(sum(count for _, count in publishers), "article")
    told = f"**{total}** of {counted(len(publishers), 'publisher')}"
    told += f", the newest published {timestamp(newest)}" if newest else ""
    lines = [f"• {plain(name or 'unknown publisher', limit=100)}: {count:,}" for name, count in publishers]
    return details("What is indexed", [f"{told}.", "", *lines], colour=BLUE)


def privacy_message(
    *, answers: int, votes: int, subscriptions: int = 0, oldest: datetime | None, keep_days: int
) -> AnswerMessage:
    """Tell what is kept about the user who asks."""
    about = f"{counted(answers, 'question')} of yours with the answers, and {counted(votes, 'vote')}"
    about += f"; {counted(subscriptions, 'subscription')} that you made" if subscriptions else ""
    kept = f"Kept about you: **{about}**" + (f", the oldest of {timestamp(oldest)}." if oldest else ".")
    lines = [
        kept,
        f"Questions and votes are kept for {counted(keep_days, 'day')} with your user id, the channel and the message, "
        "so that buttons and follow-up questions work; then they are deleted.",
        "Who changed a server's settings is kept with the change, for its managers; deleting takes your name off it.",
        "A subscription is kept with the user id of whoever made it until it is ended; deleting ends yours in every "
        "channel.",
        "What you write elsewhere is not kept. Unless its operator says otherwise, the log holds no questions.",
    ]
    return details("Privacy", lines)


def help_message(*, conversation: str) -> AnswerMessage:
    """Teach by example."""
    lines = [
        "**Ask** – every claim comes with the passage it is quoted from",
        "`/ask question: who led the Doha talks?`",
        "`/ask question: what did the bank decide? since: last week`",
        "`/ask question: who is the minister? as_of: 2025-03-05 private: True`",
        "",
        "**Under an answer** – *Sources* shows each quote in its article, *Why?* what it rests on, *Newer?* asks again",
        "✅ confirmed by independent articles · 🔹 a single source · ⚠️ articles disagree",
        "If an article is corrected or withdrawn later, so that a quote no longer stands, the answer says so above it.",
        "",
        *_conversing(conversation),
        "**Look around**",
        "`/timeline topic: Doha talks` · `/digest` · `/changes topic: port strike since: yesterday`",
        "`/latest topic: ferry` · `/sources` · `/article wanted: https://…`",
        "`/subscribe topic: port strike every: 3 hours` posts here what is new, one message a story; "
        "`/daily hour: 8` a digest a day; `/subscriptions` · `/unsubscribe`",
        "Right-click a message → Apps: *Ask about this*, *Has this been posted?*, *Add this article*",
        "",
        "`/privacy` shows what is kept about you, and deletes it.",
        "`/settings` is for this server's managers: channels, sources, private answers, threads, length, dates.",
    ]
    return details("How to ask", lines, colour=GREEN)


def _conversing(conversation: str) -> list[str]:
    if conversation == "off":
        return []
    how = "mention me, or reply to an answer"
    how += ", or write in a thread of mine" if conversation == "threads" else ""
    return [f"**Go on asking** – {how}: *and who spoke for Israel?*", "`/ask … thread: True` opens a thread", ""]


def added_message(outcomes: Sequence[tuple[str, str, bool]]) -> AnswerMessage:
    """Tell what became of each link: its address, what happened in words, and whether the article is indexed now."""
    lines = [
        f"{'✅' if is_there else '❌'} {plain(address, limit=300)}\n{plain(told, limit=400)}"
        for address, told, is_there in outcomes
    ]
    return details("Add this article", lines, colour=GREEN if all(one[2] for one in outcomes) else AMBER)


def posted_message(
    exact: Sequence[ArticleSummary], similar: Sequence[ArticleSummary], answers: Sequence[tuple[str, datetime, str]]
) -> AnswerMessage:
    """
    Tell whether the matter of a message is known.

    Args:
        exact: Indexed articles that the message links to.
        similar: Indexed articles much like its text.
        answers: Earlier answers that quote any of these: question, when it was answered, and address of the message.
    """
    lines = list[str]()
    for title, articles in (("In the index", exact), ("Much like it", similar)):
        lines += [f"**{title}**", *map(article_line, articles), ""] if articles else []
    if answers:
        told = (f"• {timestamp(at)}: {link(asked, address, limit=300)}" for asked, at, address in answers)
        lines += ["**Earlier answers that quote them**", *told]
    if not lines:
        return details("Has this been posted?", ["Nothing like it is indexed, and no answer has quoted it."])
    return details("Has this been posted?", lines, colour=BLUE)


def _id(article_id: str) -> str:
    return "".join(one for one in article_id if one.isalnum())[:40]
