"""Teaching: for people at a keyboard (rooms to come: explore, classroom)."""
