"""Which document of the index a dataset means by an id, and the other way round."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

SUFFIX = ".md"


def file_name(identifier: str) -> str:
    """A file name for any id that can be turned back: percent-encoded, never hidden, ending in `.md`."""
    encoded = quote(identifier, safe="")
    return (f"%2E{encoded[1:]}" if encoded.startswith(".") else encoded) + SUFFIX


def identifier_of(name: str) -> str:
    """The id that `file_name` made this name from."""
    return unquote(name.removesuffix(SUFFIX))


@dataclass(frozen=True, slots=True)
class DocumentNames:
    """Names of the index's documents in the dataset's own terms.

    `names` gives every document_id its name, `ids` the way back. `missing` are the dataset's documents that
    the index does not have, or that fit several of its documents.
    """

    names: Mapping[str, str]
    ids: Mapping[str, str]
    missing: tuple[str, ...]

    @classmethod
    def same(cls) -> "DocumentNames":
        """For systems whose documents go by the dataset's ids already."""
        return cls({}, {}, ())

    def name(self, document_id: str) -> str:
        """The dataset's id of a document, else one made from its path."""
        return self.names.get(document_id, document_id)

    def document_id(self, name: str) -> str:
        """The index's id of a document of the dataset."""
        return self.ids.get(name, name)


def match_names(source_paths: Mapping[str, str], wanted: Iterable[str]) -> DocumentNames:
    """Finds each wanted id among the documents, given as document_id and source path.

    An id is a source path, or the end of one that no other document has; for a collection written by
    `footnoted eval prepare` it is what its file name stands for. The reading that finds more of them holds.
    """
    ordered = sorted(set(wanted))
    plain = _found(source_paths, {identifier: identifier for identifier in ordered})
    prepared = _found(source_paths, {identifier: file_name(identifier) for identifier in ordered})
    as_files = len(prepared) > len(plain)
    ids = prepared if as_files else plain
    names = {
        document_id: identifier_of(path.rsplit("/", 1)[-1]) if as_files else "%20".join(path.split())
        for document_id, path in source_paths.items()
    }
    names |= {document_id: identifier for identifier, document_id in ids.items()}
    missing = tuple(identifier for identifier in ordered if identifier not in ids)
    return DocumentNames(names, {name: document_id for document_id, name in names.items()} | ids, missing)


def _found(source_paths: Mapping[str, str], paths: Mapping[str, str]) -> dict[str, str]:
    """The document_id of each id whose path is a document's, exactly or as its unambiguous end."""
    exact = {path: document_id for document_id, path in source_paths.items()}
    ends: dict[str, list[str]] = {}
    wanted = {path: path.count("/") + 1 for path in paths.values()}
    depths = sorted(set(wanted.values()))
    for path, document_id in exact.items():
        parts = path.split("/")
        for depth in depths:
            if depth < len(parts):
                ends.setdefault("/".join(parts[-depth:]), []).append(document_id)
    found = {}
    for identifier, path in paths.items():
        candidates: Sequence[str] = [exact[path]] if path in exact else ends.get(path, [])
        if len(candidates) == 1:
            found[identifier] = candidates[0]
    return found
