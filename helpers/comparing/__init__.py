"""Comparing: counts and hits -> statements with intervals (room compare)."""
