"""Named public corpora: what they are, and how to have them without carrying their words.

Cards say what each corpus is, whose words it holds and what is wrong with it. fetch gives the
documents, or the series, from pinned files whose hashes are known beforehand. What the project
carries itself are numbers about them (read_features).
"""

from helpers.reading.corpora.cards import CorpusError, list_corpora, read_card, read_files
from helpers.reading.corpora.features import Features, fingerprint, join_features, read_features
from helpers.reading.corpora.fetching import fetch
from helpers.reading.corpora.parsing import parse_broadcast, parse_posts, parse_reports

__all__ = [
    "CorpusError", "Features", "fetch", "fingerprint", "join_features", "list_corpora",
    "parse_broadcast", "parse_posts", "parse_reports", "read_card", "read_features", "read_files",
]  # fmt: skip
