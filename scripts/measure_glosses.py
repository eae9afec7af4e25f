"""How many running words have a gloss?  python -m scripts.measure_glosses FOLDER

FOLDER holds copies of the public corpora. Up to 1,500 documents of each corpus of texts, chosen
with a fixed seed, are cut into words by the segmenter of the lexicon; a word is glossed where
lexicon.read_glossary(lexicon) holds it, or where it has no Chinese character.
"""

import argparse
from pathlib import Path

from helpers import clean, corpora, lexicon, segment

SEED, N_DOCUMENTS = 20200226, 1500


def main() -> None:
    """Print a line of a table for each corpus."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    terms = lexicon.read_lexicon()
    glossed = set(lexicon.read_glossary(terms)["term"])
    segmenter = segment.make_segmenter(terms)
    cards = corpora.list_corpora()
    print("| corpus | documents | running words | with a gloss |\n|---|---|---|---|")
    for name in cards.loc[cards["kind"] == "documents", "name"]:
        documents = clean.clean_documents(corpora.fetch(name, mirror=folder))
        documents = documents.sample(min(len(documents), N_DOCUMENTS), random_state=SEED)
        words = segment.tokenize(segment.split_sentences(documents), segmenter=segmenter)["token"]
        known = [word in glossed or not clean.count_han(word) for word in words]
        share = sum(known) / len(known)
        print(f"| {name} | {len(documents):,} | {len(words):,} | {share:.1%} |", flush=True)


if __name__ == "__main__":
    main()
