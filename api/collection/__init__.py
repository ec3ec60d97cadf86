"""What the collection holds and how it stands: documents, facets, governance, citations."""
