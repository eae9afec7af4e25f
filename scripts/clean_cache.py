"""Delete what is kept of counts, dictionary and compiled code: python -m scripts.clean_cache

Corpora that were fetched stay. Only what helpers.reading.cache has written goes, in .cache or in
the folder that COVID_POLICY_CACHE names; the next count of a corpus reads, repairs and cuts it
again, and the next segmenter reads jieba's own file. Compiled code always lies in .cache, and
goes where that is the folder.
"""

import sys

from helpers.reading import cache


def main() -> int:
    """Return 0 when the cache is gone; say how much that was."""
    folder = cache.cache_folder()
    n_files, n_bytes = cache.clean_cache(folder)
    deleted = f"{n_files:,} files ({n_bytes / 1e6:,.1f} MB)"
    print(f"Deleted {deleted} that were kept of counts, dictionary and compiled code in {folder}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
