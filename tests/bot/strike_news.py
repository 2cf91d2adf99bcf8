"""A ferry strike as invented papers tell it, and other matters beside it."""

from datetime import UTC, datetime, timedelta

from index_store import Article

MONDAY = datetime(2024, 11, 18, 9, tzinfo=UTC)
NEXT_MONDAY = MONDAY + timedelta(days=7)
WALK_OUT = (
    "Ferry crews in Port Maren went on strike on Monday, and 200 sailors left their ships in a dispute over pay. "
    "Union leader Ines Caldeira said that no ferry would leave the harbour before the owners made a better offer. "
    "The owners of the ferries called the strike unlawful and asked a judge to end it.\n\n"
    "Passengers to the islands slept on benches in the hall, where the town served soup and lent out blankets. "
    "Fishing boats carried the post, and the school of Little Orlo stayed closed for lack of teachers."
)
STAND_STILL = (
    "About 200 sailors left the ferries of Port Maren on Monday in a strike over pay, and went home.\n\n"
    "Shops on the islands fear that bread and milk will run out by the end of the week."
)
END = (
    "The ferry strike in Port Maren ended on Thursday after the crews won six percent more pay.\n\n"
    "Union leader Ines Caldeira spoke of a victory. Her members will vote on the deal by letter. "
    "The last ferry strike in Port Maren began on 3 March 2021 and took a month."
)
OWNER = (
    "Bo Lind, who owns the ferries of Port Maren, said on Wednesday that the strike would cost him a million a day.\n\n"
    "Banks have asked him for a plan, and he wants to sell two ships before the winter."
)
BAKERY = (
    "A bakery in Tarn won the prize for the best rye bread of the valley on Tuesday.\n\n"
    "Its oven is a hundred years old, and the dough rests for two days."
)


def article(number: int, title: str, text: str, publisher: str, *, days: int) -> Article:
    """An article that was published some days after Monday."""
    date = MONDAY + timedelta(days=days)
    return Article(f"{number:016x}", f"https://quay.example/{number}", title, text, (), publisher, date, "record", "en")


STRIKE = article(1, "Ferry crews on strike in Port Maren", WALK_OUT, "Quay Mail", days=0)
ENDED = article(4, "Ferry strike in Port Maren ends", END, "Quay Mail", days=4)
LOSSES = article(5, "Ferry owner of Port Maren counts losses of the strike", OWNER, "Harbour Post", days=3)
# Other matters, without which every word of a strike would be common.
OTHERS = tuple(
    article(10 + n, f"{who} {what}", f"{who} of {where} {what}, {more}.\n\n{tail}", "Inland Times", days=-20 - n)
    for n, (who, where, what, more, tail) in enumerate(
        (
            ("The choir", "Hollin", "sang for the queen", "who had asked for a lullaby", "It rained on the harps."),
            ("A beekeeper", "Sundry", "found a swarm in a church bell", "and waited for dusk", "The bell is cracked."),
            ("Astronomers", "Kell", "saw a comet with two tails", "one of them green", "It returns in ninety years."),
            ("The chess club", "Brask", "lost all nine boards", "to a team of children", "Nobody was over twelve."),
            (
                "A court",
                "Vellum",
                "freed a painter of false maps",
                "as no buyer was misled",
                "The maps hang in a bank.",
            ),
            (
                "Farmers",
                "Low Arden",
                "harvested the first tea",
                "under glass and with peat",
                "A pound costs a week's wages.",
            ),
            (
                "The museum",
                "Iskra",
                "opened its hall of clocks",
                "all of them an hour slow",
                "Visitors are given earplugs.",
            ),
            (
                "Divers",
                "Saltby",
                "raised the anchor of a galley",
                "near the old lighthouse",
                "It weighs as much as a cow.",
            ),
            (
                "A tram",
                "Ostrand",
                "ran backwards through the night",
                "without any driver",
                "Three sleepers missed their stop.",
            ),
            (
                "The weather office",
                "Fenn",
                "forecast snow for June",
                "and was right about it",
                "Sheep were brought inside.",
            ),
            (
                "A tailor",
                "Quill Street",
                "sewed a coat for a statue",
                "after a vote of the pupils",
                "It has eleven buttons.",
            ),
            ("Doctors", "Merrow", "cured a fever with moss", "that grows on slate", "A trial with mice comes next."),
        )
    )
)
ARTICLES = (
    STRIKE,
    article(2, "Ferries of Port Maren stand still in strike", STAND_STILL, "Harbour Post", days=0),
    article(3, "Ferry crews on strike in Port Maren", WALK_OUT, "Gull Gazette", days=1),
    ENDED,
    LOSSES,
    article(6, "Rye bread of Tarn wins a prize", BAKERY, "Tarn Times", days=6),
)
