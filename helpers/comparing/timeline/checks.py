"""What the functions of timeline ask of their tables before they start."""

import pandas as pd

from helpers.tables import require_columns


def require_dates(documents: pd.DataFrame, *, undated: str = "refuse") -> None:
    """Raise a ValueError where the column date holds no days, or (unless "keep") has gaps."""
    dates = documents["date"]
    if not pd.api.types.is_datetime64_any_dtype(dates):
        raise ValueError(
            f"the column 'date' of the documents table holds {dates.dtype}, not days; convert it "
            "with documents.assign(date=pd.to_datetime(documents['date']))"
        )
    if isinstance(dates.dtype, pd.DatetimeTZDtype):
        raise ValueError(
            f"the column 'date' of the documents table has the time zone {dates.dt.tz}; a day "
            "needs none: documents['date'].dt.tz_localize(None)"
        )
    if undated == "refuse" and dates.isna().any():
        first = documents.loc[dates.isna(), "doc_id"].iloc[0]
        raise ValueError(
            f"{dates.isna().sum()} of {len(dates)} documents have no date (the first is "
            f"{first!r}); date them in the metadata table (load.read_documents(..., metadata=)), "
            "or leave them out yourself: documents[documents['date'].notna()]"
        )


def require_documents(documents: pd.DataFrame) -> None:
    """Raise a ValueError where documents are missing, double, undated or without their length."""
    require_columns(documents, "documents", ["doc_id", "date", "n_han"])
    if documents.empty:
        raise ValueError("the documents table has no rows, so there is no time to look at")
    twice = documents["doc_id"].duplicated()
    if twice.any():
        raise ValueError(
            f"the document {documents.loc[twice, 'doc_id'].iloc[0]!r} is in the documents table "
            f"more than once ({twice.sum()} rows too many); keep each once"
        )
    require_dates(documents)
    n_han = pd.to_numeric(documents["n_han"], errors="coerce")
    unusable = ~(n_han >= 0)
    if unusable.any():
        row = documents[unusable].iloc[0]
        raise ValueError(
            f"{unusable.sum()} documents have no n_han (the first is {row['doc_id']!r}, with "
            f"{row['n_han']}); clean them with clean.clean_documents, which counts it"
        )
