"""Other figures for the same thing: told side by side where they are of one time, as what was before where older."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.answering.evidence import Matter, Sentence
from bot.answering.figures import Figure, asked_figure, differ, figure_in
from bot.answering.question import Kind, Understanding

_SURE = 0.7  # of what is asked, by rarity, the share that a sentence must hold for its figure to be the one asked for
_WITHOUT_FIGURES = {Kind.OTHER, Kind.STATEMENT}
_ONE_TIME = timedelta(days=1)  # what was published within it contradicts; what is newer replaces
_ONE_MATTER = timedelta(days=90)  # what is told of longer ago is likely another event of the same kind


@dataclass(frozen=True, slots=True)
class ToldFigure:
    """
    A figure, and the sentence that gives it.

    Attributes:
        sentence: The best of those that give it.
        figure: What it gives.
        told_at: When it was last published.
    """

    sentence: Sentence
    figure: Figure
    told_at: datetime


def differing(sentences: Sequence[Sentence], question: Understanding, matter: Matter) -> tuple[ToldFigure, ...]:
    """
    Find what different articles give as the figure that is asked for, where the best sentence gives one.

    Args:
        sentences: Best first.
        question: What is asked.
        matter: The question's terms.

    Returns:
        Each figure once, that told last first; empty where all agree, or none is asked for.
    """
    if question.kind in _WITHOUT_FIGURES or not sentences:
        return ()
    told = list(_figures(sentences, question, matter))
    if not told or told[0].sentence is not sentences[0]:
        return ()
    figures: list[ToldFigure] = []
    for one in sorted(told, key=lambda one: one.told_at, reverse=True):
        if figures and figures[0].told_at - one.told_at > _ONE_MATTER:
            break
        if all(differ(one.figure, other.figure) for other in figures):
            figures.append(one)
    return tuple(figures) if len(figures) > 1 else ()


def contradicts(one: ToldFigure, newest: ToldFigure) -> bool:
    """Whether two figures were told at one time; otherwise the newer one replaces the older."""
    return newest.told_at - one.told_at <= _ONE_TIME


def _figures(sentences: Sequence[Sentence], question: Understanding, matter: Matter) -> Iterator[ToldFigure]:
    """Yield the figure that each article's best sentence gives."""
    asked = asked_figure(question.kind, question.standalone, matter.asked, matter.terms)
    seen: set[str] = set()
    for sentence in sentences:
        article = sentence.passage.article
        if article.published_at is None or article.article_id in seen or sentence.features.asked < _SURE:
            continue
        figure = figure_in(sentence.text, asked, published_at=article.published_at, terms=matter.terms)
        if figure is not None:
            seen.add(article.article_id)
            yield ToldFigure(sentence, figure, article.published_at)
