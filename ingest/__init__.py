"""The write edge: files to documents, passages, embeddings and one published generation."""
