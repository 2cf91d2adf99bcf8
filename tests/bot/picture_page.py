"""Messages as Discord has them → one HTML page in its dark look, which loads nothing and runs nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from picture_markdown import blocks, inline

STYLE = """
* { box-sizing: border-box; margin: 0 }
body { background: #313338; color: #dbdee1; font: 16px/1.375 "Noto Sans", "Noto Color Emoji", sans-serif;
  padding: 14px }
a { color: #00a8fc; text-decoration: none }
b, strong, h1, h2, h3 { font-weight: 700 }
code { background: #1e1f22; border-radius: 3px; font: 85% "Noto Sans Mono", monospace; padding: 1px 4px }
small { color: #949ba4; display: block; font-size: 12px }
.message { padding: 8px 0 8px 56px; position: relative }
.avatar { background: #3b6ea5; border-radius: 50%; color: #fff; font-weight: 700; height: 40px; left: 0;
  line-height: 40px; position: absolute; text-align: center; width: 40px }
.used { color: #b5bac1; font-size: 14px; margin-bottom: 4px }
.used b { color: #f2f3f5; font-weight: 500 } .used i { color: #00a8fc; font-style: normal }
.bot { color: #f2f3f5; font-weight: 500 }
.app { background: #5865f2; border-radius: 3px; color: #fff; font-size: 11px; font-weight: 600; padding: 1px 5px }
.embed { background: #2b2d31; border-left: 4px solid; border-radius: 4px; margin-top: 6px; max-width: 520px;
  overflow-wrap: anywhere; padding: 10px 16px 14px 12px }
.title { color: #f2f3f5; font-weight: 600; margin-bottom: 8px }
.body, .value { font-size: 14px; line-height: 18px } .field { margin-top: 8px }
.name { color: #f2f3f5; font-size: 14px; font-weight: 600; margin-bottom: 2px }
.footer { color: #b5bac1; font-size: 12px; margin-top: 8px }
blockquote { border-left: 4px solid #4e5058; border-radius: 4px; padding-left: 10px }
.time { background: #3f4147; border-radius: 3px; padding: 0 2px } .mention { background: #3c4270; padding: 0 2px }
.row { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 8px }
.button { background: #4e5058; border-radius: 3px; color: #fff; font-size: 14px; font-weight: 500; padding: 6px 14px }
.danger { background: #da373c } .disabled { opacity: .5 }
"""
_DANGER = 4


@dataclass(frozen=True, slots=True)
class Picture:
    """
    One message, and what brought it.

    Attributes:
        used: What somebody used: a command, or a button.
        embeds, components: Of the message, as Discord's API has them.
        private: Whether only who asked sees it.
    """

    used: str
    embeds: Sequence[Mapping[str, Any]]
    components: Sequence[Mapping[str, Any]] = ()
    private: bool = False


def page(pictures: Sequence[Picture], now: datetime, *, width: int, script: str = "") -> str:
    """
    Return the page.

    Args:
        pictures: From above.
        now: From when "2 years ago" is counted.
        width: In CSS pixels; Chromium's own window is never narrower than 500.
        script: Of ours, to measure the page with; nothing else can run.
    """
    told = "".join(_message(picture, now) for picture in pictures)
    measure = f"<script>{script}</script>" if script else ""
    policy = "default-src 'none'; style-src 'unsafe-inline'" + ("; script-src 'unsafe-inline'" if script else "")
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><title>Dateline</title>'
        f"<style>{STYLE} body {{ width: {width}px }}</style></head><body>{told}{measure}</body></html>"
    )


def _message(picture: Picture, now: datetime) -> str:
    embeds = "".join(_embed(embed, now) for embed in picture.embeds)
    rows = "".join(_row(row) for row in picture.components)
    did = "used" if picture.used.startswith("/") else "pressed"
    private = "<small>👁 Only you can see this · Dismiss message</small>" if picture.private else ""
    return (
        f'<div class="message"><div class="avatar">D</div>'
        f'<div class="used"><b>ana</b> {did} <i>{escape(picture.used)}</i></div>'
        f'<span class="bot">Dateline</span> <span class="app">APP</span>{embeds}{rows}{private}</div>'
    )


def _embed(embed: Mapping[str, Any], now: datetime) -> str:
    fields = "".join(
        f'<div class="field"><div class="name">{inline(field["name"], now, links=False)}</div>'
        f'<div class="value">{blocks(field["value"], now)}</div></div>'
        for field in embed.get("fields", ())
    )
    footer = embed.get("footer", {}).get("text")
    return (
        f'<div class="embed" style="border-color:#{int(embed.get("color", 0)):06x}">'
        f'<div class="title">{inline(embed.get("title", ""), now, links=False)}</div>'
        f'<div class="body">{blocks(embed.get("description") or "", now)}</div>{fields}'
        + (f'<div class="footer">{escape(footer)}</div>' if footer else "")
        + "</div>"
    )


def _row(row: Mapping[str, Any]) -> str:
    return f'<div class="row">{"".join(_button(one) for one in row["components"])}</div>'


def _button(button: Mapping[str, Any]) -> str:
    emoji, label = (button.get("emoji") or {}).get("name"), button.get("label")
    looks = ["button", *(["danger"] if button.get("style") == _DANGER else [])]
    looks += ["disabled"] if button.get("disabled") else []
    return f'<span class="{" ".join(looks)}">{escape(" ".join(filter(None, (emoji, label))))}</span>'
