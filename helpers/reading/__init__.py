"""Reading: files -> documents -> sentences -> tokens.

Rooms load, clean, check (near misses), group (reprints), segment.
"""
