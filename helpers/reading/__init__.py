"""Reading: files -> documents -> sentences -> tokens (rooms load, clean, segment)."""
