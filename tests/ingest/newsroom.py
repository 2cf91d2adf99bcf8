"""Invented news, and what other newsrooms make of it: for telling copies from different news."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from index_store import Article

PEOPLE = (
    "Ada Velk,Tomas Orrin,Ilse Brandt,Marek Sool,Nadia Perrow,Jonas Kett,Rhea Calder,Otis Marlow,Lena Voss,Emil Tarn"
)
OFFICES = "the mayor,the harbour master,the chief engineer,a union speaker,the head of the school board,the coroner"
PLACES = (
    "Quayhaven,Osterby,Lower Marsh,Tillbrook,Port Ellery,Nordholm,Saltmere,Grey Hollow,Kestrel Bay,Windham Cross,Reed"
)
THINGS = (
    "the old swing bridge,a ferry to the outer islands,the grain silo,the tram depot,the town archive,a flooded cellar,"
    "the new desalination plant,the lighthouse stairs,a herd of marsh ponies,the ice rink,the observatory dome,"
    "a cargo of copper pipes,the fish market roof,the night train,a school kitchen,the dry dock,the botanical garden"
)
DEEDS = (
    "closed without notice,reopened after long repairs,cost far more than planned,was sold to a rival,burned twice,"
    "won a regional prize,drew hundreds of visitors,ran out of money,stood empty for a decade,was hit by lightning,"
    "passed its inspection,divided the council,moved across the river,lost half of its staff,doubled its hours"
)
REASONS = (
    "because the tide had risen,although nobody had asked for it,after a quarrel over wages,in spite of many warnings,"
    "while the court was still deciding,since the contract had lapsed,before the winter storms,once the snow melted,"
    "without telling the neighbours,under a law from the last century,with money from a fund,as critics had feared"
)
SAYINGS = (
    "patience is cheaper than concrete,we would do it again,the figures speak for themselves,no one was in danger,"
    "this was never our decision,the sea keeps its own calendar,people here deserve an answer,it begins tomorrow,"
    "somebody must pay for the paint,our grandchildren will laugh at us,the pumps held and that is all,I slept badly"
)
AGENCIES = "Quay Mail,Nordholm Post,Marsh Courier,Ellery Times,Saltmere Sun"
DAYS = "Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday"
WEATHER = """The weather service expects 0 degrees in Quayhaven on {day}, with winds of 0 kilometres an hour from the \
west and a 0 per cent chance of rain.

At the coast the water stands 0 centimetres above the mean, and the ferry office asks its passengers to be at the pier \
0 minutes before departure. Visibility is 0 kilometres.

In the hills 0 centimetres of snow are expected above 0 metres. Drivers should carry chains and warm clothes, and look \
at the road service's page before they leave. The next report comes at noon. Warnings are also sent by telephone to \
everybody who has asked for them at the town hall."""
MARKET = """The Quayhaven index closed at 0 points on {day}, after 0 million crowns had changed hands.

Shares of Nordholm Shipping rose 0.0 per cent to 0.0 crowns. Shares of Ellery Copper fell 0.0 per cent to 0.0 crowns. \
Shares of Saltmere Foods fell 0.0 per cent to 0.0 crowns. Shares of Kestrel Rail rose 0.0 per cent to 0.0 crowns.

A barrel of oil cost 0.0 dollars in late trading, and ten-year bonds yielded 0.0 per cent. Trading resumes on the next \
working day at nine. Prices are delayed by fifteen minutes, and nothing here is advice to buy or to sell."""
MARCH = datetime(2025, 3, 5, tzinfo=UTC)


class Newsroom:
    """Writes articles that have nothing in common but their kind; the same seed writes the same ones."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - nothing here is secret

    def one_of(self, words: str) -> str:
        """Pick one of several, separated by commas."""
        return self.chance.choice(words.split(","))

    def sentence(self) -> str:
        """Write one sentence."""
        who, office, place, thing = map(self.one_of, (PEOPLE, OFFICES, PLACES, THINGS))
        deed, reason, count = self.one_of(DEEDS), self.one_of(REASONS), self.chance.randrange(2, 900)
        shapes = (
            f"In {place}, {thing} {deed} {reason}, {who} told reporters.",
            f"“{self.one_of(SAYINGS).capitalize()}”, said {office} of {place}, {who}, {reason}.",
            f"Some {count} residents of {place} had seen how {thing} {deed}.",
            f"{who}, {office} then, recalls that {thing} near {place} {deed} {reason}.",
        )
        return self.chance.choice(shapes)

    def paragraph(self) -> str:
        """Write a paragraph of a few sentences."""
        return " ".join(self.sentence() for _ in range(self.chance.randrange(2, 5)))

    def article(self, text: str = "", *, publisher: str = "Harbour Wire", paragraphs: int = 8) -> Article:
        """Write an article, or publish this text under a new headline."""
        name = f"{self.chance.getrandbits(64):016x}"
        text = text or "\n\n".join(self.paragraph() for _ in range(paragraphs))
        url = f"https://{publisher.lower().replace(' ', '-')}.example/{name}"
        headline = f"{self.one_of(PLACES)}: {self.one_of(THINGS)} {self.one_of(DEEDS)}"
        return Article(name, url, headline, text, publisher=publisher, published_at=MARCH)

    def reprint(self, article: Article, edit: Callable[[list[str]], Sequence[str]] = tuple) -> Article:
        """Publish an article elsewhere under another headline, its paragraphs edited."""
        return self.article("\n\n".join(edit(article.text.split("\n\n"))), publisher=self.one_of(AGENCIES))

    # What other newsrooms do to the paragraphs.

    def credit(self, paragraphs: list[str]) -> list[str]:
        """Put an agency's name before and a note behind."""
        note = f"Reporting by {self.one_of(PEOPLE)}; editing by {self.one_of(PEOPLE)}. © {self.one_of(AGENCIES)} 2025"
        return [f"{self.one_of(PLACES).upper()} ({self.one_of(AGENCIES)}) – {paragraphs[0]}", *paragraphs[1:], note]

    def cut(self, paragraphs: list[str], *, keep: float) -> list[str]:
        """Keep this share of the paragraphs, the first always, and in their order."""
        count = max(1, round(keep * len(paragraphs)))
        kept = sorted(self.chance.sample(range(1, len(paragraphs)), count - 1))
        return [paragraphs[0], *(paragraphs[n] for n in kept)]

    def corrected(self, paragraphs: list[str]) -> list[str]:
        """Spell a word in thirty otherwise."""
        return [
            " ".join(f"{w}e" if w.isalpha() and self.chance.random() < 1 / 30 else w for w in paragraph.split())
            for paragraph in paragraphs
        ]

    def inserted(self, paragraphs: list[str]) -> list[str]:
        """Add a paragraph of one's own."""
        where = self.chance.randrange(1, len(paragraphs) + 1)
        return [*paragraphs[:where], self.paragraph(), *paragraphs[where:]]

    def everything(self, paragraphs: list[str]) -> list[str]:
        """Cut a third, add a paragraph and a credit, and spell some words otherwise."""
        return self.credit(self.corrected(self.inserted(self.cut(paragraphs, keep=0.67))))

    # What looks like a copy and is none.

    def filled(self, form: str) -> Article:
        """Fill today's numbers and day into a form."""
        text = "".join(str(self.chance.randrange(1, 400)) if c == "0" else c for c in form)
        return self.article(text.format(day=self.one_of(DAYS)), publisher=self.one_of(AGENCIES))

    def two_reports_of_one_event(self) -> tuple[Article, Article]:
        """Write two articles of one headline that share a quotation of two sentences."""
        quotation = (
            f"{self.sentence()} “{self.one_of(SAYINGS)}, and {self.one_of(SAYINGS)}”, {self.one_of(PEOPLE)} said."
        )
        texts = ["\n\n".join([self.paragraph(), quotation, *(self.paragraph() for _ in range(4))]) for _ in range(2)]
        one, other = (self.article(text, publisher=name) for text, name in zip(texts, ("Quay", "Marsh"), strict=True))
        return one, replace(other, title=one.title)
