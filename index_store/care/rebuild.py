"""Making anew what can be made anew: both copies, and the compiled model where it is missing or broken."""

from pathlib import Path

from index_store.care.compiled_model import dimensions_of, fault_of
from index_store.care.holding import held_catalog, read_catalog
from index_store.care.progress import Expect, unseen
from index_store.care.sizes import require_room, sizes
from index_store.care.unfinished import clear_unfinished
from index_store.copies import rebuild
from index_store.copy_places import all_copies
from index_store.deletion import delete
from index_store.models import Model, check_model
from index_store.records import ChromaServer, Filters
from index_store.transformer import Transformer


def rebuild_copies(folder: Path, *, server: ChromaServer | None = None, expect: Expect = unseen) -> tuple[int, int]:
    """
    Make Chroma and Tantivy anew from the catalog, and clear away what killed commands left.

    Args:
        folder: The data folder.
        server: The server that holds the vectors; None for the data folder itself.
        expect: Told how many steps there are: one for each article of each copy.

    Returns:
        How many articles and chunks they hold.

    Raises:
        IndexStoreError: As `held_catalog`, or if the disk has no room for both.
    """
    with held_catalog(folder) as catalog:
        clear_unfinished(folder)
        measured = sizes(folder)
        require_room(folder, measured["chroma"] + measured["words"])
        articles, copies = catalog.count_articles(Filters()), all_copies(folder, server, owner=catalog.identity())
        rebuild(catalog, copies, done=expect(articles * len(copies)))
        return articles, catalog.count_chunks(Filters())


def ensure_compiled(folder: Path, *, embedding_model: str) -> bool:
    """
    Compile the model for questions where that is missing or broken.

    Args:
        folder: The data folder.
        embedding_model: The setting of that name.

    Returns:
        Whether there is a compiled model now; some models cannot be compiled.

    Raises:
        EncoderError: If the model cannot be loaded.
        MismatchError: If the setting names another model than the one that the index was made with.
    """
    compiled = folder / "encoder"
    with read_catalog(folder) as catalog:
        dimensions = dimensions_of(catalog)
    if not fault_of(compiled, dimensions=dimensions):
        return True
    with held_catalog(folder) as catalog:
        model = Model.from_setting(embedding_model)
        check_model(catalog, model)
        delete(compiled)
        return Transformer(model).export(compiled)
