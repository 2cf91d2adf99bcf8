"""What is told where filters let no article pass."""

from difflib import get_close_matches

from index_store.catalog import Catalog
from index_store.records import Filters

_MOST_NAMED = 3


def nothing_passes(catalog: Catalog, filters: Filters) -> str:
    """Say that no article passes, and for each publisher that has none at all, whose names are nearest."""
    known = {name.casefold(): name for name in catalog.publishers()}
    unknown = [name for name in filters.publishers if name.casefold() not in known]
    return " ".join(("No indexed article passes these filters.", *(_unknown(name, known) for name in unknown)))


def _unknown(name: str, known: dict[str, str]) -> str:
    close = get_close_matches(name.casefold(), known, n=_MOST_NAMED)
    if close:
        return f"No publisher is called “{name}”; did you mean {' or '.join(known[one] for one in close)}?"
    return f"No publisher is called “{name}”; `dateline stats` names those that are."
