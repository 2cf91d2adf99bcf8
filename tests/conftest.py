"""What tests of several folders share."""

import pytest

from index_store import PassageEncoder
from index_store.encoder import Model


@pytest.fixture(scope="session")
def encoder() -> PassageEncoder:
    """The real embedding model, loaded once."""
    return PassageEncoder(Model.from_setting(""))
