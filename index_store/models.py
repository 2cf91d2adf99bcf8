"""Which embedding model an index was made with."""

from index_store.catalog import Catalog
from index_store.encoder import Model
from index_store.errors import MismatchError


def check_model(catalog: Catalog, model: Model) -> None:
    """
    Refuse another embedding model than the one that an index was made with.

    Raises:
        MismatchError: If it is another.
    """
    indexed_with = catalog.fact("model")
    if indexed_with != model.fingerprint:
        raise MismatchError(
            f"This index was made with the embedding model {indexed_with}, and the setting names {model.fingerprint}.",
            remedy="Set embedding_model under [store] back, or index into another folder with --data-dir.",
        )
