"""A corpus larger than the memory -> the tables of count, lexicon and context.

The files are read, repaired, cut and counted in batches; of each batch only numbers stay. The
tables are those that the rooms count, lexicon and context make of the same files at once.
"""

from helpers.counting.bulk.corpus import CorpusCounts, count_corpus
from helpers.counting.bulk.lines import kwic

__all__ = ["CorpusCounts", "count_corpus", "kwic"]
