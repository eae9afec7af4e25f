"""Bundled feature tables: numbers about whole corpora, without a sentence of theirs.

`scripts/build_corpora.py` makes them from hash-checked files. Each folder of data/corpora has a
manifest that names the source, the lexicon and the hash of every table, and read_features
believes a table only where all of them agree.
"""

import hashlib
import io
import json
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from helpers.paths import CORPORA
from helpers.reading.corpora.cards import CorpusError, read_card
from helpers.tables import COLUMNS, require_columns, require_text

MANIFEST = "manifest.json"
TABLES = {
    "documents": ["doc_id", "date", "n_han", "n_sentences"],
    "mentions": ["doc_id", "id", "n", "n_free"],
    "sightings": ["doc_id", "id", "n", "n_free", "inside", "n_own", "n_inside"],
    "weeks": ["week", "feature", "n", "document_frequency"],
}
# What a table of terms or forms looks for, and by what it groups what it finds.
_STRINGS = {
    "lexicon": ["term", "variants", "category", "subcategory"],
    "formulations": ["form", "variants", "family"],
}
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
    if not isinstance(folder, (str, Path)):
        raise CorpusError(f"folder is {folder!r}; give the folder that holds {name}/ as text")
    manifest = _read_manifest(Path(folder) / name)
    _require_same(manifest, "lexicon", fingerprint(lexicon), name)
    _require_same(manifest, "formulations", fingerprint(formulations), name)
    if manifest.get("name") != name:
        raise CorpusError(
            f"the folder {name} holds the tables of {manifest.get('name')!r}; {REBUILD}"
        )
    documents, mentions, sightings, weeks = (
        _read_table(Path(folder) / name, table, manifest) for table in TABLES
    )
    terms = lexicon[["id", "term", "category", "subcategory"]]
    forms = formulations[["id", "form", "family"]]
    return Features(
        documents,
        _name(mentions, terms, "mentions"),
        _name(sightings, forms, "sightings"),
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
    for part in parts:
        _require_features(part)
    first = parts[0].manifest
    for part in parts[1:]:
        for kind in ("lexicon", "formulations", "segmenter"):
            if part.manifest.get(kind) != first.get(kind):
                raise CorpusError(
                    f"{first['name']} and {part.manifest['name']} were counted with two "
                    f"{kind} versions ({first.get(kind)} and {part.manifest.get(kind)}), so their "
                    f"numbers cannot be put together; {REBUILD}"
                )
    # What was joined before keeps the names it was given then.
    named = [
        part.documents
        if "corpus" in part.documents
        else part.documents.assign(corpus=part.manifest["name"])
        for part in parts
    ]
    documents = pd.concat(named, ignore_index=True)
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
    are_forms = isinstance(terms, pd.DataFrame) and "form" in terms.columns
    name = "formulations" if are_forms else "lexicon"
    shape = ["id", *_STRINGS[name]]
    require_columns(terms, name, [*shape, "hides"] if are_forms else shape)
    for column in shape:
        require_text(terms, name, column)
    if are_forms:
        terms = terms.assign(hides=terms["hides"].isin([1]).astype("int64"))
        shape.append("hides")
    text = terms[shape].sort_values(shape).to_csv(index=False, lineterminator="\n")
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]


def _read_manifest(folder: Path) -> dict:
    file = folder / MANIFEST
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CorpusError(f"{folder.name} has no feature tables ({MANIFEST} is missing)") from None
    except OSError as error:
        raise CorpusError(f"{file.name} cannot be read ({error.strerror}); {REBUILD}") from None
    except (ValueError, RecursionError) as error:
        raise CorpusError(f"{file.name} of {folder.name} is damaged ({error}); {REBUILD}") from None
    if not isinstance(manifest, dict):
        raise CorpusError(f"{file.name} of {folder.name} is damaged (no object); {REBUILD}")
    return manifest


def _require_same(manifest: dict, kind: str, given: str, name: str) -> None:
    counted = manifest.get(kind)
    if counted != given:
        raise CorpusError(
            f"the tables of {name} were counted with the {kind} {counted}, and this {kind} is "
            f"{given}: their strings differ, so the numbers would be wrong. Use the {kind} that "
            f"came with the tables, or {REBUILD}"
        )


def _read_table(folder: Path, table: str, manifest: dict) -> pd.DataFrame:
    file = f"{table}.csv"
    try:
        content = (folder / file).read_bytes()
    except FileNotFoundError:
        raise CorpusError(f"{folder.name} has no {file}; {REBUILD}") from None
    except OSError as error:
        raise CorpusError(f"{file} cannot be read ({error.strerror}); {REBUILD}") from None
    # git may lay a text file down with the line ends of Windows.
    found = hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()
    described = manifest.get("tables")
    for key in (file, "sha256"):
        described = described.get(key) if isinstance(described, dict) else None
    if found != described:
        raise CorpusError(
            f"{file} of {folder.name} is not the table its manifest describes (it was edited, or "
            f"belongs to another version); {REBUILD}"
        )
    texts = dict.fromkeys(["doc_id", "inside", "n_inside"], str)
    try:
        rows = pd.read_csv(
            io.BytesIO(content), encoding="utf-8", keep_default_na=False, dtype=texts
        )[TABLES[table]]
        if table == "documents":
            rows = rows.assign(date=pd.to_datetime(rows["date"], format="%Y-%m-%d"))
    except (ValueError, KeyError) as error:
        raise CorpusError(f"{file} of {folder.name} is damaged ({error}); {REBUILD}") from None
    return rows


def _name(rows: pd.DataFrame, names: pd.DataFrame, table: str) -> pd.DataFrame:
    """The rows with the words of their id; every id must be known, and only once."""
    named = rows.merge(names, on="id")
    unknown = sorted(set(rows["id"]) - set(names["id"]))
    if unknown or len(named) != len(rows):
        raise CorpusError(
            f"the {table} table holds ids that are unknown or double ({unknown[:3]}); {REBUILD}"
        )
    return named[COLUMNS[table]]


def _require_features(part: object) -> None:
    usable = isinstance(part, Features) and isinstance(part.manifest, dict)
    if not usable or not part.manifest.get("name"):
        raise CorpusError(
            "join_features joins what corpora.read_features returns; one of the parts is "
            f"{type(part).__name__} or has no manifest with a name"
        )
    for table, columns in TABLES.items():
        require_columns(getattr(part, table), table, columns if table == "weeks" else ["doc_id"])
