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
PLACES = "Quayhaven,Osterby,Lower Marsh,Tillbrook,Port Ellery,Nordholm,Saltmere,Grey Hollow,Kestrel Bay,Windham Cross"
THINGS = (
    "the old swing bridge,a ferry to the outer islands,the grain silo,the tram depot,the town archive,a flooded cellar,"
    "the new desalination plant,the lighthouse stairs,a herd of marsh ponies,the ice rink,the observatory dome,"
    "a cargo of copper pipes,the fish market roof,the night train,a school kitchen,the dry dock,the botanical garden"
)
DEEDS = (
    "closed without notice,reopened after long repairs,cost far more than planned,was sold to a rival,caught fire twice,"
    "won a regional prize,drew hundreds of visitors,ran out of money,stood empty for a decade,was struck by lightning,"
    "passed its inspection,divided the council,moved across the river,lost half of its staff,doubled its opening hours"
)
REASONS = (
    "because the tide had risen,although nobody had asked for it,after a quarrel over wages,in spite of many warnings,"
    "while the court was still deciding,since the contract had lapsed,before the winter storms began,once the snow melted,"
    "without telling the neighbours,under a law from the last century,with money from a private fund,as critics had feared"
)
SAYINGS = (
    "patience is cheaper than concrete,we would do it again,the figures speak for themselves,no one was in danger,"
    "this was never our decision,the sea keeps its own calendar,people here deserve an honest answer,it begins tomorrow,"
    "somebody must pay for the paint,our grandchildren will laugh at us,the pumps held and that is all,I slept badly"
)
AGENCIES = "Harbour Wire,Quay Mail,Nordholm Post,Marsh Courier,Ellery Times,Saltmere Sun"
MARCH = datetime(2025, 3, 5, tzinfo=UTC)


class Newsroom:
    """Writes articles that have nothing in common but their kind; the same seed writes the same ones."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self._written = 0

    def one_of(self, words: str) -> str:
        """Pick one of several, separated by commas."""
        return self.chance.choice(words.split(","))

    def sentence(self) -> str:
        """Write one sentence."""
        shape = self.chance.randrange(4)
        who, office, place, thing = map(self.one_of, (PEOPLE, OFFICES, PLACES, THINGS))
        deed, reason = self.one_of(DEEDS), self.one_of(REASONS)
        count = self.chance.randrange(2, 900)
        if shape == 0:
            return f"In {place}, {thing} {deed} {reason}, {who} told reporters."
        if shape == 1:
            return f"“{self.one_of(SAYINGS).capitalize()}”, said {office} of {place}, {who}, {reason}."
        if shape == 2:
            return f"Some {count} residents of {place} had seen how {thing} {deed}."
        return f"{who.split()[1]}, {office} then, recalls that {thing} near {place} {deed} {reason}."

    def paragraph(self) -> str:
        """Write a paragraph of a few sentences."""
        return " ".join(self.sentence() for _ in range(self.chance.randrange(2, 5)))

    def headline(self) -> str:
        """Write a headline."""
        return f"{self.one_of(PLACES)}: {self.one_of(THINGS)} {self.one_of(DEEDS)}"

    def article(self, *, paragraphs: int = 8, publisher: str = "Harbour Wire", text: str = "") -> Article:
        """Write an article, or publish this text as one."""
        self._written += 1
        name = f"{self.chance.getrandbits(64):016x}"
        text = text or "\n\n".join(self.paragraph() for _ in range(paragraphs))
        url = f"https://{publisher.lower().replace(' ', '-')}.example/{name}"
        return Article(name, url, self.headline(), text, publisher=publisher, published_at=MARCH)

    def reprint(self, article: Article, edit: Callable[[list[str]], Sequence[str]] = tuple) -> Article:
        """Publish an article elsewhere under another headline, its paragraphs edited."""
        publisher = self.one_of(AGENCIES.removeprefix("Harbour Wire,"))
        return self.article(publisher=publisher, text="\n\n".join(edit(article.text.split("\n\n"))))

    # What other newsrooms do to the paragraphs.

    def credit(self, paragraphs: list[str]) -> list[str]:
        """Put an agency's name before and a note behind."""
        note = f"Reporting by {self.one_of(PEOPLE)}; editing by {self.one_of(PEOPLE)}. © {self.one_of(AGENCIES)} 2025"
        return [f"{self.one_of(PLACES).upper()} ({self.one_of(AGENCIES)}) – {paragraphs[0]}", *paragraphs[1:], note]

    def cut(self, paragraphs: list[str], *, share: float) -> list[str]:
        """Keep this share of the paragraphs, the first always, and in their order."""
        count = max(1, round(share * len(paragraphs)))
        kept = sorted(self.chance.sample(range(1, len(paragraphs)), count - 1))
        return [paragraphs[0], *(paragraphs[n] for n in kept)]

    def corrected(self, paragraphs: list[str]) -> list[str]:
        """Spell a word in thirty otherwise."""
        return [
            " ".join(
                w[:-1] + "ae" + w[-1] if w.isalpha() and self.chance.random() < 1 / 30 else w for w in paragraph.split()
            )
            for paragraph in paragraphs
        ]

    def inserted(self, paragraphs: list[str]) -> list[str]:
        """Add a paragraph of one's own."""
        where = self.chance.randrange(1, len(paragraphs) + 1)
        return [*paragraphs[:where], self.paragraph(), *paragraphs[where:]]

    def everything(self, paragraphs: list[str]) -> list[str]:
        """Cut a third, add a paragraph and a credit, and spell some words otherwise."""
        return self.credit(self.corrected(self.inserted(self.cut(paragraphs, share=0.67))))

    # What looks like a copy and is none.

    def weather(self) -> Article:
        """Fill today's numbers into the weather report."""
        n = self.chance.randrange
        days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
        text = (
            f"The weather service expects {n(1, 30)} degrees in {self.one_of(PLACES)} on {self.chance.choice(days)}, with "
            f"winds of {n(5, 90)} kilometres an hour from the west and a {n(5, 99)} per cent chance of rain.\n\n"
            f"At the coast the water stands {n(20, 400)} centimetres above the mean, and the ferry office asks its "
            f"passengers to be at the pier {n(10, 60)} minutes before departure. Visibility is {n(1, 40)} kilometres.\n\n"
            f"In the hills {n(1, 60)} centimetres of snow are expected above {n(200, 900)} metres. Drivers should carry "
            "chains and warm clothes, and look at the road service's page before they leave. The next report comes at "
            "noon. Warnings are also sent by telephone to everybody who has asked for them at the town hall."
        )
        return self.article(text=text, publisher=self.one_of(AGENCIES))

    def market(self) -> Article:
        """Fill today's numbers into the market report."""
        n = self.chance.randrange
        shares = " ".join(
            f"Shares of {firm} {self.chance.choice(['rose', 'fell'])} {n(1, 9)}.{n(10, 99)} per cent to {n(10, 300)}.{n(10, 99)} crowns."
            for firm in ("Nordholm Shipping", "Ellery Copper", "Saltmere Foods", "Kestrel Rail", "Osterby Bank")
        )
        text = (
            f"The Quayhaven index closed at {n(4000, 9000)} points on the day, after {n(100, 900)} million crowns "
            f"had changed hands.\n\n{shares}\n\nA barrel of oil cost {n(50, 120)}.{n(10, 99)} dollars in late trading, and "
            f"ten-year bonds yielded {n(1, 6)}.{n(10, 99)} per cent. Trading resumes on the next working day at nine. "
            "Prices are delayed by fifteen minutes, and nothing in this report is advice to buy or to sell."
        )
        return self.article(text=text, publisher=self.one_of(AGENCIES))

    def about_one_event(self) -> tuple[Article, Article]:
        """Write two reports of one event that share a quotation of two sentences."""
        quotation = (
            f"{self.sentence()} “{self.one_of(SAYINGS)}, and {self.one_of(SAYINGS)}”, {self.one_of(PEOPLE)} said."
        )
        texts = ["\n\n".join([self.paragraph(), quotation, *(self.paragraph() for _ in range(4))]) for _ in range(2)]
        one, other = (self.article(text=text, publisher=name) for text, name in zip(texts, ("A", "B"), strict=True))
        return one, replace(other, title=one.title)
