"""data/phases.csv -> phases and turning points; dated documents -> documents with their phase."""

from pathlib import Path

import pandas as pd

from helpers.comparing.timeline.checks import require_dates, require_days, require_once
from helpers.counting.lexicon.checks import require_cells
from helpers.paths import DATA
from helpers.tables import COLUMNS

_FILE = DATA / "phases.csv"
_COLUMNS = ["kind", "code", "start", "end", "scope", "name_en", "name_zh", "source", "confidence"]
_KINDS = ("phase", "turning point")
_CONFIDENCE = ("high", "medium", "low")
UNDATED = ("refuse", "keep")


def read_phases() -> pd.DataFrame:
    """One row per phase, in order of time: tables.COLUMNS["phases"].

    `start` and `end` are the first and the last day, both belonging to the phase; the first phase
    has no start and the last no end (missing). P1 to P5 are the State Council's own periods (an
    official description of itself), the others ours; `source` says which.

    >>> read_phases().set_index("code").loc["P3", ["start", "end"]].astype(str).tolist()
    ['2020-02-21', '2020-03-17']
    """
    rows = _read(_FILE)
    phases = rows.loc[rows["kind"] == "phase", COLUMNS["phases"]].reset_index(drop=True)
    require_phases(phases)
    return phases


def read_turning_points(scope: str | None = None) -> pd.DataFrame:
    """One row per dated event, in order of time: tables.COLUMNS["turning points"], until and code.

    `until` is the last day the event may have begun: the same day, except where a source gives
    months only. `scope` keeps the events of one place ("nation", "Guangdong", "Guangzhou", ...),
    without those of the places it lies in. Events whose `source` says "from memory, to be
    checked" have not been seen in a source.

    >>> read_turning_points("Guangzhou")["name_en"].tolist()[1]
    'meeting on control by zones'
    """
    rows = _read(_FILE).rename(columns={"start": "date", "end": "until"})
    points = rows.loc[rows["kind"] == "turning point"]
    points = points[[*COLUMNS["turning points"], "until", "code"]]
    if scope is not None and scope not in list(points["scope"]):
        raise ValueError(
            f"no turning point has the scope {scope!r}; the scopes are "
            f"{', '.join(points['scope'].unique())}"
        )
    chosen = points if scope is None else points[points["scope"] == scope]
    return chosen.sort_values("date", kind="stable", ignore_index=True)


def label_phases(
    documents: pd.DataFrame, *, phases: pd.DataFrame | None = None, undated: str = "refuse"
) -> pd.DataFrame:
    """The documents with a column `phase`, the code of the phase their date falls in.

    Without `phases`, those of read_phases, which leave no day out. Documents without a date are
    refused, or with undated="keep" get the phase "". Dates that lie in none of the phases (of a
    table of one's own) are refused with their number.

    >>> documents = pd.DataFrame({"doc_id": ["d"], "date": pd.to_datetime(["2020-02-26"])})
    >>> label_phases(documents)["phase"].tolist()
    ['P3']
    """
    if undated not in UNDATED:
        raise ValueError(f"undated is {undated!r}; it is one of {', '.join(UNDATED)}")
    phases = read_phases() if phases is None else phases
    require_phases(phases)
    require_once(documents, "documents", ["doc_id", "date"])
    require_dates(documents, undated=undated)
    codes = phase_of(documents["date"], phases)
    outside = (codes == "") & documents["date"].notna()
    if outside.any():
        days = documents.loc[outside, "date"]
        raise ValueError(
            f"{outside.sum()} of {len(documents)} documents lie in no phase (from "
            f"{days.min():%Y-%m-%d} to {days.max():%Y-%m-%d}); give phases that cover their "
            "dates, or leave those documents out yourself"
        )
    return documents.assign(phase=codes)


def phase_of(dates: pd.Series, phases: pd.DataFrame) -> pd.Series:
    """The code of the phase each date lies in, "" for none and for missing dates."""
    codes = pd.Series("", index=dates.index, dtype=str)
    days = dates.dt.normalize()
    for phase in phases.itertuples(index=False):
        after = days >= phase.start if pd.notna(phase.start) else days.notna()
        before = days <= phase.end if pd.notna(phase.end) else days.notna()
        codes = codes.mask(after & before, phase.code)
    return codes


def require_phases(phases: pd.DataFrame) -> None:
    """Raise a ValueError for a phases table whose phases are empty, double or overlap."""
    require_once(phases, "phases", ["code", "start", "end"])
    require_cells(phases, "phases", ["code"])
    require_days(phases, "phases", ["start", "end"], open_ended=True)
    if (phases["code"] == "").any():
        raise ValueError("a phase of the phases table has no code; name it, as in P3")
    if phases.empty or not phases["code"].is_unique:
        raise ValueError("the phases table needs at least one phase, and each code only once")
    previous = None
    for phase in phases.itertuples(index=False):
        if phase.start > phase.end:
            raise ValueError(f"the phase {phase.code} ends before it starts; mend its dates")
        if previous is not None and not phase.start > previous.end:
            raise ValueError(
                f"the phase {phase.code} starts before {previous.code} has ended; phases stand "
                "in order of time, and only the first may lack a start and the last an end"
            )
        previous = phase


def _read(path: Path) -> pd.DataFrame:
    """All rows of the file, days as dates; a ValueError names the line that is wrong."""
    if not path.exists():
        raise ValueError(f"{path} does not exist; fetch the project anew to get it back")
    rows = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    missing = [column for column in _COLUMNS if column not in rows.columns]
    if missing:
        raise ValueError(f"{path.name} has no column {missing[0]!r}; it needs {_COLUMNS}")
    for line, row in enumerate(rows.itertuples(index=False), start=2):
        if row.kind not in _KINDS or row.confidence not in _CONFIDENCE or row.source == "":
            raise ValueError(
                f"{path.name} line {line} ({row.code}): kind is one of {', '.join(_KINDS)}, "
                f"confidence one of {', '.join(_CONFIDENCE)}, and source is filled"
            )
    for column in ("start", "end"):
        days = pd.to_datetime(rows[column], format="%Y-%m-%d", errors="coerce")
        wrong = rows.index[days.isna() & (rows[column] != "")]
        if len(wrong):
            raise ValueError(
                f"{path.name} line {wrong[0] + 2} has the {column} {rows[column][wrong[0]]!r}; "
                "write a day as 2020-02-26"
            )
        rows[column] = days
    return rows
