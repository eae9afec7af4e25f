"""Counting: tokens -> counts and lexicon hits (rooms measures, lexicon, count)."""
