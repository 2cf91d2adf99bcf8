"""What tests of several folders share."""

import pytest
from hypothesis import settings

from index_store import PassageEncoder
from index_store.encoder import Model

# Half of Hypothesis' own number, so that the suite keeps to ten minutes; `--hypothesis-profile=default` tries all.
settings.register_profile("suite", max_examples=50, deadline=None)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def encoder() -> PassageEncoder:
    """The real embedding model, loaded once."""
    return PassageEncoder(Model.from_setting(""))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Number bytes instead of spelling them: gzip writes the time into them, and parallel runs must agree on names."""
    return argname if isinstance(val, bytes) else None
