"""`timeline`: dated events about a topic, one quoted sentence each, no event twice."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from bot.answering.event_dates import NamedDate, date_in, of_day
from bot.answering.evidence import share
from bot.answering.figures import contradict, tell_other_counts
from bot.overviews.citing import Citations, summaries
from bot.overviews.grouping import openings_of, same_stories
from bot.overviews.records import Event, Timeline
from bot.overviews.statements import Reader, Statement, witnesses
from bot.overviews.topic import Topic, reader_of
from index_store import ArticleSummary, Filters, LiveChunk, NewsIndex

MOST_EVENTS = 20
_MOST_CHUNKS = 40  # of an article; about fifty thousand characters
_MOST_CANDIDATES = 400  # each is compared with each
_MOST_WITNESSES = 2
_MOST_COPIES = 5
_LEAST_TOPIC = 0.5  # of the topic that a sentence and its headline must hold
_LEAST_TOPIC_ALONE = 0.75  # the same of a sentence further down, which tells of other things, too
_RECALLED_AFTER = timedelta(days=2)  # what is newer belongs to the report that the article leads with
_LONGEST = timedelta(days=31)  # what happened in some year is no event of a timeline
_SAME_DAY = timedelta(days=1)  # in another time zone it was the day before
_ABOUT_AS_WELL = 0.4  # of weights
_RETOLD_WITHIN = timedelta(days=3)  # of an event whose day is not named
_RETOLD = 0.5  # of what the shorter of two sentences tells, the share that is the same event
_EARLY_BONUS = 0.6
_DATED_BONUS = 0.3  # a sentence that names its day tells an event, rather than what is so


@dataclass(frozen=True, slots=True)
class _Report:
    """A dated article: its first chunk, and what can stand alone of its opening and of all of it."""

    chunk: LiveChunk
    opening: tuple[Statement, ...]
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """
    A sentence that tells an event.

    Attributes:
        statement: The sentence.
        when: When it happened.
        is_named: Whether the sentence says so itself.
        group: The report that its article leads with; articles of one group report the same.
        is_lead: Whether the article leads with it.
        weight: How much it tells of the topic; higher is better.
    """

    statement: Statement
    when: NamedDate
    is_named: bool
    group: int
    is_lead: bool
    weight: float


@dataclass(slots=True)
class _Happening:
    """One event with all that tell of it, the best first."""

    told: list[_Candidate] = field(default_factory=list)

    @property
    def best(self) -> _Candidate:
        """The newest of those that tell it about as well as the best does: a count may have risen since."""
        well = [one for one in self.told if one.weight >= self.told[0].weight - _ABOUT_AS_WELL]
        return max(well, key=lambda one: (one.statement.version.public_by, one.weight))

    @property
    def when(self) -> NamedDate:
        """The day that the best names, or else that of the first report."""
        best = self.best
        return best.when if best.is_named else min((one.when for one in self.told), key=lambda when: when.start)

    @property
    def weight(self) -> float:
        """What speaks for showing it: how well it is told, and by how many."""
        outlets = {candidate.statement.outlet for candidate in self.told}
        return self.told[0].weight + 0.5 * (len(outlets) - 1) + 0.1 * (len(self.told) - 1)


def timeline(index: NewsIndex, topic: str, filters: Filters, *, limit: int = MOST_EVENTS) -> Timeline:
    """
    Tell what happened in a matter, oldest first.

    Args:
        index: An open index.
        topic: The matter: "Doha talks".
        filters: What it may draw on.
        limit: Most events (at least 1); those that most articles tell of, and tell best, are kept.
    """
    began = time.monotonic()
    matter = Topic(index, topic, now=filters.as_of or datetime.now().astimezone())
    about = matter.find(filters)
    reader, citations = reader_of(index), Citations()
    reports = _reports(index.chunks_of(about.article_ids, filters, most=_MOST_CHUNKS), reader)
    happenings = _happenings(_candidates(reports, matter, reader), matter)
    kept = sorted(happenings, key=lambda one: -one.weight)[:limit]
    said = {report.chunk.chunk.article_id: report.statements for report in reports}

    def copies(article_id: str) -> tuple[ArticleSummary, ...]:
        return index.copies(article_id, filters, limit=_MOST_COPIES)

    events = tuple(_event(one, said, matter, citations, copies) for one in sorted(kept, key=_chronological))
    reason = about.reason
    if not events and reason is None:
        reason = f"The articles about “{matter.text}” hold no sentence that tells a dated event by itself."
    return Timeline(
        topic=matter.text,
        filters=filters,
        events=events,
        citations=citations.all,
        reason=reason,
        nearest=about.nearest if not events else (),
        left_out=len(happenings) - len(kept),
        elapsed_ms=round((time.monotonic() - began) * 1000, 1),
    )


def _chronological(happening: _Happening) -> tuple[date, date, str]:
    when = happening.when
    return when.start, when.end, happening.best.statement.version.article.article_id


def _reports(chunks: Iterable[LiveChunk], reader: Reader) -> list[_Report]:
    """Read the sentences of each dated article."""
    dated = (chunk for chunk in chunks if chunk.version.article.published_at)
    reports = []
    for _, group in groupby(dated, key=lambda chunk: chunk.chunk.article_id):
        first, *more = group
        opening = tuple(reader.statements(first))
        further = tuple(one for chunk in more for one in reader.statements(chunk))
        reports.append(_Report(first, opening, (*opening, *further)))
    return reports


def _candidates(reports: Sequence[_Report], matter: Topic, reader: Reader) -> list[_Candidate]:
    """Choose of each article the sentence it leads with, and those that name an older day; the most telling first."""
    candidates = list[_Candidate]()
    groups = same_stories(openings_of([report.chunk for report in reports], reader))
    for number, place in ((number, place) for number, group in enumerate(groups) for place in group):
        report = reports[place]
        lead = _lead(report.opening, matter, reader, number)
        recalled = (_background(one, matter, number) for one in report.statements if not lead or one != lead.statement)
        candidates += [one for one in (lead, *recalled) if one]
    return sorted(candidates, key=lambda one: -one.weight)[:_MOST_CANDIDATES]


def _lead(statements: Sequence[Statement], matter: Topic, reader: Reader, group: int) -> _Candidate | None:
    """Choose the sentence of an opening that tells most of topic and headline."""
    if not statements:
        return None
    article = statements[0].version.article
    title = reader.weights(article.title)
    published = article.published_at.date() if article.published_at else date.min

    def weight(one: Statement) -> float:
        told = matter.share_in(one.terms) + share(one.terms, title) + _EARLY_BONUS / (1 + one.place)
        return told + (_DATED_BONUS if date_in(one.text, published=published) else 0.0)

    best = max(statements, key=weight)
    if matter.share_in(best.terms) + matter.share_in(title) < _LEAST_TOPIC:
        return None
    named = date_in(best.text, published=published)
    is_named = named is not None and named.start == named.end  # a month or a year is only recalled by a report
    when = named if named and is_named else of_day(published)
    told = weight(best) + matter.share_in(title)
    return _Candidate(best, when, is_named, group, is_lead=True, weight=told)


def _background(statement: Statement, matter: Topic, group: int) -> _Candidate | None:
    """Read a sentence as an event that its article recalls; it must name the topic and its date by itself."""
    article, on_topic = statement.version.article, matter.share_in(statement.terms)
    if on_topic < _LEAST_TOPIC_ALONE or not article.published_at:
        return None
    published = article.published_at.date()
    named = date_in(statement.text, published=published)
    if named is None or named.end - named.start > _LONGEST or published - named.end < _RECALLED_AFTER:
        return None
    return _Candidate(statement, named, is_named=True, group=group, is_lead=False, weight=on_topic)


def _happenings(candidates: Iterable[_Candidate], matter: Topic) -> list[_Happening]:
    """Bring together what tells of the same event; they come most telling first, and so stand in each."""
    happenings: list[_Happening] = []
    for candidate in candidates:
        same = next((one for one in happenings if any(_is_same(candidate, told, matter) for told in one.told)), None)
        if same is None:
            happenings.append(same := _Happening())
        same.told.append(candidate)
    return happenings


def _is_same(one: _Candidate, other: _Candidate, matter: Topic) -> bool:
    """Whether two sentences tell the same event: at about the same time, and in one story or in the same words."""
    apart = max(one.when.start - other.when.end, other.when.start - one.when.end)
    if apart > (_SAME_DAY if one.is_named and other.is_named else _RETOLD_WITHIN):
        return False
    if one.is_lead and other.is_lead and one.group == other.group:
        return True
    mine, theirs = (
        {term: rarity for term, rarity in each.statement.terms.items() if term not in matter.terms}
        for each in (one, other)
    )
    return max(share(theirs, mine), share(mine, theirs)) >= _RETOLD


def _event(
    happening: _Happening,
    said: Mapping[str, Sequence[Statement]],
    matter: Topic,
    citations: Citations,
    copies: Callable[[str], tuple[ArticleSummary, ...]],
) -> Event:
    best = happening.best
    told_by = dict.fromkeys(one.statement.version.article.article_id for one in happening.told)
    others = [statement for article_id in told_by for statement in said[article_id]]
    borne_out = witnesses(best.statement, others, most=_MOST_WITNESSES, known=matter.terms)
    claim = citations.claim(best.statement, borne_out, copies=copies(best.statement.version.article.article_id))
    if any(_disputes(one.statement, best.statement) for one in happening.told):
        claim = replace(claim, support="disputed")
    left_out = {one.version.article.article_id for one in (best.statement, *borne_out)} | _telling_other_counts(
        happening
    )
    retold = [one.statement.version for one in happening.told]
    earliest = sorted(
        (version for version in retold if version.article.article_id not in left_out), key=lambda one: one.public_by
    )
    return Event(happening.when.iso, "sentence" if best.is_named else "published", claim, summaries(earliest))


def _telling_other_counts(happening: _Happening) -> set[str]:
    """Return the articles that tell the event with another number, and so do not tell what is quoted."""
    said = happening.best.statement.text
    told = (one.statement for one in happening.told)
    return {one.version.article.article_id for one in told if tell_other_counts(said, one.text)}


def _disputes(one: Statement, said: Statement) -> bool:
    """Whether a sentence of the same day gives another number of the same."""
    return abs(one.version.public_by - said.version.public_by) <= _SAME_DAY and contradict(one.text, said.text)
