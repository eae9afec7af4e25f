"""The columns of every table, and the check each room makes before it starts.

All tables are in long form; data/README.md describes every column in words.
"""

from collections.abc import Iterable

import pandas as pd

COLUMNS = {
    "files": [
        "path", "format", "n_bytes", "encoding", "reason", "n_documents", "note", "problem",
    ],
    "documents": [
        "doc_id", "date", "issuer", "place", "title", "source", "script",
        "raw_text", "text", "n_han", "document_number", "date_basis",
    ],
    "reprints": [
        "doc_id", "group", "n_in_group", "canonical", "similarity", "kind", "reason",
    ],
    "near misses": [
        "doc_id", "near_miss", "original", "start", "end", "left", "node", "right", "gloss_en",
    ],
    "suspicion": [
        "doc_id", "n_han", "n_near_misses", "n_distinct", "n_intact", "suspicion",
        "suspicion_low", "suspicion_high", "verdict",
    ],
    "sentences": ["doc_id", "sentence_id", "part", "start", "end", "sentence"],
    "clauses": ["doc_id", "sentence_id", "clause_id", "part", "start", "end", "clause"],
    "tokens": ["doc_id", "sentence_id", "position", "token", "start", "end", "segmenter"],
    "lexicon": [
        "term", "variants", "category", "subcategory", "secondary_category", "pinyin",
        "gloss_en", "phase_first_seen", "strength", "polarity", "ambiguous", "word", "note",
        "id", "date_added", "reason",
    ],
    "hits": [
        "doc_id", "sentence_id", "term", "surface", "category", "subcategory",
        "start", "end", "inside", "free",
    ],
    "counts": [
        "feature", "n", "document_frequency", "per_million", "per_thousand_han", "segmenter",
    ],
    "ngrams": ["feature", "n", "document_frequency", "lambda", "z"],
    "dispersion": [
        "feature", "n", "range", "dp", "dp_norm", "juilland_d", "carroll_d2", "rosengren_s",
        "kl_divergence",
    ],
    "segmenters": [
        "term", "n_string", "n_jieba", "n_jieba_no_hmm", "n_search", "n_ours",
        "ratio_jieba", "ratio_jieba_no_hmm", "ratio_search", "ratio_ours",
    ],
    "stop list audit": ["word", "gloss_en", "kind", "n", "share"],
    "kwic": ["doc_id", "sentence_id", "start", "end", "left", "node", "right"],
    "collocations": [
        "collocate", "n", "n_collocate", "expected", "log_likelihood", "log_dice", "mi", "mi3",
        "t_score", "z_score", "delta_p_forward", "delta_p_backward",
    ],
    "obligations": [
        "expression", "variants", "kind", "strength", "pinyin", "gloss_en", "decoys", "note",
    ],
    "obligation hits": [
        "doc_id", "sentence_id", "part", "expression", "surface", "kind", "strength",
        "start", "end", "numbering",
    ],
    "obligation counts": ["kind", "n", "per_thousand_han", "n_sentences", "n_numbering"],
    "abbreviations": [
        "abbreviation", "variants", "pinyin", "gloss_en", "expansion_zh", "expansion_en",
        "scope", "source", "note",
    ],
    "abbreviation hits": [
        "doc_id", "sentence_id", "part", "abbreviation", "surface", "start", "end",
        "expansion_en", "known",
    ],
    "keyness": [
        "feature", "n_target", "n_reference", "log_likelihood", "p_value", "q_value", "bic",
        "log_ratio", "log_ratio_low", "log_ratio_high", "percent_diff", "odds_ratio",
        "log_odds_z",
    ],
    "contrast": [
        "feature", "group", "n", "rate", "deviation", "group_of_largest", "largest",
        "smallest_rate",
    ],
    "labels": ["doc_id", "sentence_id", "label"],
    "balance": [
        "section", "name", "n_target", "n_reference", "n_unlabelled", "n_total", "value", "low",
        "high", "p_value", "q_value", "note", "scope",
    ],
    "corpora": [
        "name", "kind", "title", "what", "n_rows", "first_day", "last_day", "n_files", "n_bytes",
        "address", "commit", "licence", "rights", "defects",
    ],
    "mentions": ["doc_id", "term", "category", "subcategory", "n", "n_free"],
    "phases": ["code", "start", "end", "name_en", "name_zh", "source"],
    "turning points": ["date", "scope", "name_en", "name_zh", "source", "confidence"],
    "series": ["series", "place", "date", "value"],
    "shares by period": [
        "period", "start", "end", "group", "n_documents", "n_with", "share", "low", "high", "n",
        "n_han", "rate", "rate_low", "rate_high",
    ],
    "change points": [
        "period", "start", "early", "late", "support", "share_before", "share_after",
        "n_resamples",
    ],
    "lags": ["on", "lag", "n", "n_effective", "correlation", "low", "high"],
    "formulations": [
        "id", "form", "variants", "family", "pinyin", "gloss_en", "not_before", "not_after",
        "scope", "basis", "confidence", "note", "end_confidence", "unless", "hides",
    ],
    "sightings": [
        "doc_id", "id", "form", "family", "n", "n_free", "inside", "n_inside", "n_own",
    ],
    "spans": [
        "form", "family", "n_documents", "n", "n_free", "first", "last", "peak", "peak_share",
        "per_thousand_documents",
    ],
    "evidence": [
        "doc_id", "form", "n", "not_before", "not_after", "scope", "basis", "confidence",
        "end_confidence", "without",
    ],
    "dates": [
        "doc_id", "not_before", "not_after", "n_days", "n_evidence", "problem", "first_form",
        "last_form",
    ],
}  # fmt: skip

ROOM_THAT_MAKES = {
    "files": "load.audit_files",
    "documents": "load.read_documents",
    "reprints": "group.find_reprints",
    "near misses": "check.find_near_misses",
    "suspicion": "check.score_suspicion",
    "sentences": "segment.split_sentences",
    "clauses": "segment.split_clauses",
    "tokens": "segment.tokenize",
    "lexicon": "lexicon.read_lexicon",
    "glossary": "lexicon.read_glossary",
    "cues": "lexicon.read_cues",
    "hits": "lexicon.find_terms",
    "counts": "count.count_features",
    "ngrams": "count.score_ngrams",
    "dispersion": "count.measure_dispersion",
    "segmenters": "audit.compare_segmenters",
    "stop list audit": "audit.audit_stop_list",
    "kwic": "context.kwic",
    "collocations": "context.collocations",
    "obligations": "profile.read_obligations",
    "obligation hits": "profile.find_obligations",
    "obligation counts": "profile.count_obligations",
    "abbreviations": "profile.read_abbreviations",
    "abbreviation hits": "profile.find_abbreviations",
    "keyness": "compare.keyness",
    "contrast": "compare.contrast_rates",
    "labels": "compare.label_units",
    "balance": "compare.report_balance",
    "corpora": "corpora.list_corpora",
    "mentions": "lexicon.count_mentions",
    "phases": "timeline.read_phases",
    "turning points": "timeline.read_turning_points",
    "series": "timeline.read_series",
    "shares by period": "timeline.share_by_period",
    "change points": "timeline.find_change_points",
    "lags": "timeline.compare_lagged",
    "formulations": "formulations.read_formulations",
    "sightings": "formulations.find_sightings",
    "spans": "formulations.measure_spans",
    "evidence": "formulations.list_evidence",
    "dates": "formulations.date_by_wording",
}

LABELS = ("prevention", "reopening", "coupling", "governance", "unlabelled")
CATEGORIES = (
    "prevention", "reopening", "coupling", "governance", "place_institution", "decoy",
)  # fmt: skip


def require_columns(table: pd.DataFrame, name: str, columns: Iterable[str] | None = None) -> None:
    """Raise a ValueError that names missing columns, and a column that stands there twice.

    `columns` are the ones a caller uses; by default all of COLUMNS[name]. Of two columns with
    one name nobody can say which is meant, so even an unused pair is refused.
    """
    if not isinstance(table, pd.DataFrame):
        raise ValueError(
            f"{name} must be a pandas table, not {type(table).__name__}; "
            f"make it with {ROOM_THAT_MAKES.get(name, 'the room of that name')}"
        )
    wanted = list(COLUMNS[name] if columns is None else columns)
    missing = [column for column in wanted if column not in table.columns]
    if missing:
        raise ValueError(
            f"the {name} table has no column {', '.join(map(repr, missing))}; "
            f"make it with {ROOM_THAT_MAKES.get(name, 'the room of that name')} "
            f"(its columns are {', '.join(COLUMNS.get(name, wanted))})"
        )
    if not table.columns.is_unique:
        twice = table.columns[table.columns.duplicated()][0]
        raise ValueError(f"the {name} table has the column {twice!r} twice; keep one of them")


def require_one_segmenter(table: pd.DataFrame, name: str) -> None:
    """Raise a ValueError where tokens or counts of two segmenters stand in one table.

    Two dictionaries cut the same text into different words, so their counts cannot be added or
    compared. A table without the column segmenter (made by hand) is not checked.
    """
    if "segmenter" not in table.columns:
        return
    segmenters = table["segmenter"].unique()
    if len(segmenters) > 1:
        raise ValueError(
            f"the {name} table mixes {len(segmenters)} segmenters "
            f"({'; '.join(map(str, segmenters[:3]))}), whose words cannot be counted together; "
            "make all tokens with one segment.make_segmenter"
        )


def require_text(table: pd.DataFrame, name: str, column: str) -> None:
    """Raise a ValueError where a cell of the column is no text; it names the first such row."""
    if table[column].dtype == "str" and not table[column].hasnans:
        return  # a column of text holds nothing else
    cells = table[column].tolist()
    wrong = [not isinstance(cell, str) for cell in cells]
    if any(wrong):
        cell = cells[wrong.index(True)]
        raise ValueError(
            f"{sum(wrong)} rows of the {name} table have no text in {column} (the first holds "
            f"{cell!r}); make it with {ROOM_THAT_MAKES.get(name, 'the room of that name')}"
        )
