"""Pages that give one address and hold different words: a citation of either leads to the same page."""

from collections.abc import Iterable

from retriever.document import Document


def shared_addresses(documents: Iterable[Document]) -> list[list[Document]]:
    """Groups of documents, each of one address and of more than one text, in the order in which they came."""
    of_address: dict[str, list[Document]] = {}
    for document in documents:
        if document.metadata.url is not None:
            of_address.setdefault(document.metadata.url, []).append(document)
    return [alike for alike in of_address.values() if len({document.body_sha256 for document in alike}) > 1]
