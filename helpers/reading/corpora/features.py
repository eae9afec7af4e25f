"""Bundled feature tables: numbers about whole corpora, without a sentence of theirs.

`scripts/build_corpora.py` makes them from hash-checked files. Each folder of data/corpora has a
manifest that names the source, the lexicon and the hash of every table, and read_features
believes a table only where all of them agree.
"""

import hashlib
import json
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from helpers.paths import CORPORA
from helpers.reading.corpora.cards import CorpusError, read_card
from helpers.tables import COLUMNS, require_columns

MANIFEST = "manifest.json"
TABLES = ("documents", "mentions", "sightings", "weeks")
REBUILD = (
    "build the tables anew: python -m scripts.build_corpora FOLDER (a folder with the corpora)"
)


class Features(NamedTuple):
    """The tables of one corpus, or of several that were joined."""

    documents: pd.DataFrame
    mentions: pd.DataFrame
    sightings: pd.DataFrame
    weeks: pd.DataFrame
    manifest: dict


def read_features(
    name: str, *, lexicon: pd.DataFrame, formulations: pd.DataFrame, folder: Path = CORPORA
) -> Features:
    """The bundled tables of a corpus: documents, mentions, sightings, weeks and the manifest.

    documents  one row per document: doc_id, date, n_han, n_sentences
    mentions   one row per document and term of the lexicon: tables.COLUMNS["mentions"]
    sightings  one row per document and formulation, as formulations.find_sightings gives them
    weeks      one row per week and frequent word: week (its Monday), feature, n,
               document_frequency, with all rarer words of the week in "(other words)"; without
               rows for a corpus that is dated by year
    manifest   address, commit, hashes, and how many documents went in and came out

    The numbers were counted with one lexicon and one table of formulations. Raises CorpusError
    where `lexicon` or `formulations` match other strings than those, where a table is not the one
    the manifest describes, and where the corpus has none.
    """
    card = read_card(name)
    if card["kind"] != "documents":
        raise CorpusError(
            f"{name} is a series, not texts, and has no feature tables; timeline.read_series "
            "reads what is bundled of it"
        )
    manifest = _read_manifest(Path(folder) / name)
    _require_same(manifest, "lexicon", fingerprint(lexicon), name)
    _require_same(manifest, "formulations", fingerprint(formulations), name)
    documents, mentions, sightings, weeks = (
        _read_table(Path(folder) / name, f"{table}.csv", manifest) for table in TABLES
    )
    terms = lexicon[["id", "term", "category", "subcategory"]]
    forms = formulations[["id", "form", "family"]]
    return Features(
        documents.assign(date=pd.to_datetime(documents["date"])),
        mentions.merge(terms, on="id")[COLUMNS["mentions"]],
        sightings.merge(forms, on="id")[COLUMNS["sightings"]],
        weeks,
        manifest,
    )


def join_features(*parts: Features) -> Features:
    """Several corpora as one, the corpus named in documents.corpus.

    Raises CorpusError where they were counted with two lexicons, two tables of formulations or two
    segmenters, whose numbers cannot be added, and where a document stands in two of them.
    """
    if len(parts) < 2:
        raise CorpusError("join_features needs two corpora or more; name them one after another")
    first = parts[0].manifest
    for part in parts[1:]:
        for kind in ("lexicon", "formulations", "segmenter"):
            if part.manifest[kind] != first[kind]:
                raise CorpusError(
                    f"{first['name']} and {part.manifest['name']} were counted with two "
                    f"{kind} versions ({first[kind]} and {part.manifest[kind]}), so their numbers "
                    f"cannot be put together; {REBUILD}"
                )
    documents = pd.concat(
        [part.documents.assign(corpus=part.manifest["name"]) for part in parts], ignore_index=True
    )
    twice = documents.loc[documents["doc_id"].duplicated(), "doc_id"]
    if len(twice):
        raise CorpusError(f"the document {twice.iloc[0]!r} stands in two of the corpora; join once")
    names = "+".join(part.manifest["name"] for part in parts)
    joined = [
        pd.concat([getattr(part, table) for part in parts], ignore_index=True)
        for table in ("mentions", "sightings")
    ]
    keys = ["week", "feature"]
    weeks = pd.concat([part.weeks for part in parts]).groupby(keys, sort=False).sum().reset_index()
    return Features(documents, *joined, weeks, {**first, "name": names})


def fingerprint(terms: pd.DataFrame) -> str:
    """12 hex digits of the strings a lexicon or a table of formulations looks for.

    Ids, forms, variants and their groups; not glosses and notes, which change no count.

    >>> fingerprint(pd.DataFrame({"id": ["P001"], "term": ["防控"], "variants": "",
    ...     "category": "prevention", "subcategory": "core"}))
    '1b0b32d2de68'
    """
    shape = (
        ["id", "form", "variants", "family", "hides"]
        if "form" in terms.columns
        else ["id", "term", "variants", "category", "subcategory"]
    )
    require_columns(terms, "formulations" if "form" in terms.columns else "lexicon", shape)
    text = terms[shape].sort_values("id").to_csv(index=False, lineterminator="\n")
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]


def _read_manifest(folder: Path) -> dict:
    file = folder / MANIFEST
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CorpusError(f"{folder.name} has no feature tables ({MANIFEST} is missing)") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise CorpusError(f"{file.name} of {folder.name} is damaged ({error}); {REBUILD}") from None


def _require_same(manifest: dict, kind: str, given: str, name: str) -> None:
    counted = manifest.get(kind)
    if counted != given:
        raise CorpusError(
            f"the tables of {name} were counted with the {kind} {counted}, and this {kind} is "
            f"{given}: their strings differ, so the numbers would be wrong. Use the {kind} that "
            f"came with the tables, or {REBUILD}"
        )


def _read_table(folder: Path, file: str, manifest: dict) -> pd.DataFrame:
    described = manifest["tables"].get(file)
    try:
        content = (folder / file).read_bytes()
    except FileNotFoundError:
        raise CorpusError(f"{folder.name} has no {file}; {REBUILD}") from None
    # git may lay a text file down with the line ends of Windows.
    found = hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()
    if described is None or found != described["sha256"]:
        raise CorpusError(
            f"{file} of {folder.name} is not the table its manifest describes (it was edited, or "
            f"belongs to another version); {REBUILD}"
        )
    texts = dict.fromkeys(["doc_id", "inside", "n_inside"], str)
    return pd.read_csv(folder / file, encoding="utf-8", keep_default_na=False, dtype=texts)
