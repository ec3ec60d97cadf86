"""Every error that the core raises, in one tree.

FootnotedError
├── IndexMissing            there is no published generation here
├── IndexLocked             another process is writing to this index
├── IndexRefused            a generation is not what its manifest says
│   ├── IndexCorrupt        a file is missing, superfluous or altered
│   └── IndexMismatch       another format, encoder, dimension or split than this program's
├── EncoderUnavailable      the model's files are missing, altered or cannot be loaded
├── VectorsPending          the search by meaning alone was asked for, and the vectors are still being made
├── QueryInvalid            the question or a filter is not one that can be answered
└── StorageFailed           the disk refused a write (full, read-only, an input-output error)

A message says what is wrong and what to do next. It never holds a user's text.
"""


class FootnotedError(Exception):
    """The root of the tree."""


class IndexMissing(FootnotedError):
    """There is no published generation at this place."""


class IndexLocked(FootnotedError):
    """Another process holds the writer's lock."""


class IndexRefused(FootnotedError):
    """A generation is not what its manifest says; it is never served."""


class IndexCorrupt(IndexRefused):
    """A file of the generation is missing, superfluous or altered."""


class IndexMismatch(IndexRefused):
    """The generation was made by another format, encoder, dimension or split."""


class EncoderUnavailable(FootnotedError):
    """The model cannot be loaded, or is not the one that was asked for."""


class VectorsPending(FootnotedError):
    """The generation holds no vectors yet, and the search by meaning alone was asked for."""


class QueryInvalid(FootnotedError, ValueError):
    """The question or a filter cannot be answered as it stands.

    `code` is a stable identifier for programs, `pointer` the JSON pointer of the field at fault.
    """

    def __init__(self, message: str, *, code: str, pointer: str) -> None:
        super().__init__(message)
        self.code = code
        self.pointer = pointer


class StorageFailed(FootnotedError):
    """The disk refused a write: full, read-only, or an input-output error."""
