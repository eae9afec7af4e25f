"""Counting: tokens -> counts and lexicon hits (rooms
lexicon, count, measures, profile, context, audit, bulk)."""
