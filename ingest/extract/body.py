"""The body of a page, with trafilatura, after mending what would make it lose parts of an article."""

from collections import defaultdict
from itertools import islice

from ingest.extract.markup import Tree

_BODY_CLASSES = ("article", "body", "story", "entry", "post")
_LEAST_PART_CHARS = 200
_PROSE_LINE_CHARS = 80
_ENOUGH_PROSE_CHARS = 300
_MOST_CONTAINERS = 5_000


def body_text(tree: Tree) -> str:
    """
    Return the body without comments; empty where there is none. The tree is changed.

    Trafilatura's own rules are tried alone first: they are right on most articles and fast. Where they find little
    prose, as on pages of a few lines, it may also compare with other methods.
    """
    _remove_popups(tree)
    _free_quotations(tree)
    _join_parts(tree)
    text = _extracted(tree, fast=True)
    if _prose_chars(text) >= _ENOUGH_PROSE_CHARS and 2 * _prose_chars(text) >= len(text):
        return text
    compared = _extracted(tree, fast=False)
    return compared if compared and _prose_share(compared) >= _prose_share(text) else text


def _extracted(tree: Tree, *, fast: bool) -> str:
    from lxml.etree import LxmlError  # type: ignore[import-untyped]
    from trafilatura import bare_extraction

    try:
        page = bare_extraction(tree, fast=fast, with_metadata=False, include_comments=False)
    except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError, LxmlError):
        return ""  # broken markup ends in any of these, deep inside the library
    return getattr(page, "text", None) or ""


def _prose_chars(text: str) -> int:
    """Count the characters of lines long enough to be sentences, not menus."""
    return sum(len(line) for line in text.split("\n") if len(line) >= _PROSE_LINE_CHARS)


def _prose_share(text: str) -> float:
    return _prose_chars(text) / max(1, len(text))


def _remove_popups(tree: Tree) -> None:
    """Remove boxes that open over a name in a sentence: spans that begin with a picture and hold several links."""
    for picture in list(islice(tree.iter("img"), _MOST_CONTAINERS)):
        box = picture
        while box.getparent() is not None and box.getparent().tag == "span" and not _has_text_before(box):
            box = box.getparent()
        if box is not picture and len(box.findall(".//a")) > 1 and next(box.iterancestors("p"), None) is not None:
            box.drop_tree()


def _has_text_before(element: Tree) -> bool:
    """Whether the parent has text before this element."""
    if (element.getparent().text or "").strip():
        return True
    siblings = islice(element.itersiblings(preceding=True), 20)
    return any((sibling.tail or "").strip() or sibling.text_content().strip() for sibling in siblings)


def _free_quotations(tree: Tree) -> None:
    """Take the names off wrappers that hold nothing but a quoted post, for which they would be cut as widgets."""
    for quotation in list(islice(tree.iter("blockquote"), _MOST_CONTAINERS)):
        length = len(quotation.text_content().strip())
        for wrapper in islice(quotation.iterancestors("div", "figure", "section"), 3):
            if not length or len(wrapper.text_content().strip()) > length:
                break
            wrapper.attrib.clear()
            wrapper.tag = "div"


def _join_parts(tree: Tree) -> None:
    """Join a body that advertisements cut into containers of the same class: only the first would be read."""
    parts = defaultdict(list)
    for container in islice(tree.iter("div", "section"), _MOST_CONTAINERS):
        name = container.get("class") or ""
        if any(word in name.lower() for word in _BODY_CLASSES) and container.find("p") is not None:
            home = next(container.iterancestors("article", "main"), None)
            if home is not None:
                parts[home, name].append(container)
    for containers in parts.values():
        _join(containers)


def _join(containers: list[Tree]) -> None:
    first, *others = containers
    if not others or any(_paragraph_chars(part) < _LEAST_PART_CHARS for part in containers[:2]):
        return
    if any(first in other.iterancestors() for other in others):
        return  # one inside the other: no parts
    for part in others:
        for child in list(part):
            first.append(child)


def _paragraph_chars(container: Tree) -> int:
    return sum(len(paragraph.text_content()) for paragraph in container.iterchildren("p"))
