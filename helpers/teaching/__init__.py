"""Teaching: for people at a keyboard (explore, classroom)."""
