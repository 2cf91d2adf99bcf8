"""What tests of several folders share."""

import pytest

from index_store import PassageEncoder
from index_store.encoder import Model


@pytest.fixture(scope="session")
def encoder() -> PassageEncoder:
    """The real embedding model, loaded once."""
    return PassageEncoder(Model.from_setting(""))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Number bytes instead of spelling them: gzip writes the time into them, and parallel runs must agree on names."""
    return argname if isinstance(val, bytes) else None
