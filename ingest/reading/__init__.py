"""Reading: the bytes of one file to metadata and a reading text that knows its way back."""
