"""Drawing: finished tables -> pictures (rooms style, draw, clouds, figures)."""
