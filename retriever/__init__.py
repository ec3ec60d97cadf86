"""The core: documents, passages, the index and retrieval. It imports none of the other packages."""
