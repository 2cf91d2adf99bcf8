"""Text as hostile as an article or an asker can make it, and what it takes to be harmless on Discord."""

import re

from hypothesis import strategies as st

ATTACKS = (
    "@everyone", "@here", "<@1>", "<@!1>", "<@&1>", "<#1>", "<:emoji:1>", "<a:emoji:1>", ":smile:", "<t:1:R>",
    "</ask:1>", "<id:customize>", "[x](http://evil.example)", "[x](<http://evil.example>)", "](http://evil.example)",
    "https://evil.example/a_b_c", "<https://evil.example>", "discord://x", "<a@b.example>", "\n# heading", "\n-# small",
    "\n- item", "\n* item", "\n1. item", "\n> quote", "\n>>> all", "**bold**", "__under__", "~~struck~~", "||spoiler||",
    "`code`", "```\nfence", "\\", "\\\\*", "\u200b", "\u202e", "\u2066", "\u00ad", "\U000e0041", "\x00", "\x1b[31m",
    "@\u200beveryone", "<\u2060@1>", "h\u00adttps://evil.example", "[x\u202e](http://evil.example)", "\u061c", "\u200f",
    "[\u202egnp.exe](<https://evil.example>)", "\u2028# heading", "\x85> quote", "\r\n-# small", "<sound:1:2>",
    "@silent", "**\\[9\\]** · *confirmed*", "\\@everyone", "__**~~||`all`||~~**__", "a\u0336\u0489" * 20,
    "\U0001f468\u200d\U0001f469",
    "z" + "\u0301" * 40, "w" * 300, "\U0001f600" * 50, "\u2800", "\u3164", "\ud800", "]", ")", "(", "[", "✅ ", "·",
)  # fmt: skip
hostile = st.lists(st.sampled_from(ATTACKS) | st.text(max_size=30), max_size=30).map("".join)
GIANTS = ("w" * 10_000, "\u0645" * 10_000, "\\" * 10_000, "\U0001f600" * 5_000)
long_hostile = st.builds(
    lambda text, times, giant: text * times + giant,
    hostile,
    st.sampled_from((1, 1, 1, 60)),
    st.sampled_from(("",) * 80 + GIANTS),
)


ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def inert(text: str) -> bool:
    """Whether Discord would show this text as it stands: no live markup is left once escapes are taken out."""
    live = ESCAPE.sub("\x00", text)
    starts = re.match(r"\s|[-+]|\d+\.", live)
    return not starts and not re.search(r"[\\*_~|`<>\[\]@#:\n]", live)
