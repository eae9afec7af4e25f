"""Daily series of policy and cases: data/series/*.csv from hash-checked files.

    python -m scripts.build_series FOLDER [OUTPUT]

FOLDER holds copies of the corpora oxcgrt and cases. Writes stringency.csv, confirmed.csv and
manifest.json into data/series (or OUTPUT). Days that a source leaves out stay out.
"""

import hashlib
import json
import sys
from pathlib import Path

import pandas as pd

from helpers import corpora, paths
from helpers.tables import COLUMNS

FIRST_DAY = pd.Timestamp("2020-01-01")
PLACES = {
    "oxcgrt": ["Guangdong", "China, strictest place"],
    "cases": ["Guangzhou", "Guangdong", "China"],
}


def extract(name: str, folder: Path) -> pd.DataFrame:
    """The series of the places carried here, place by place, without days that have no value."""
    series = corpora.fetch(name, mirror=folder).dropna(subset="value")
    series = series[series["date"] >= FIRST_DAY]
    rows = [series[series["place"] == place] for place in PLACES[name]]
    return pd.concat(rows, ignore_index=True)[COLUMNS["series"]]


def write(name: str, table: pd.DataFrame, output: Path) -> dict[str, object]:
    """One csv; returns what its manifest says of it."""
    # Ten digits give the source's own way of writing back: 71.3 and 0, not 0.0.
    content = table.to_csv(
        index=False, lineterminator="\n", float_format="%.10g", date_format="%Y-%m-%d"
    ).encode("utf-8")
    (output / f"{table['series'].iloc[0]}.csv").write_bytes(content)
    card, (source,) = corpora.read_card(name), corpora.read_files(name)
    last = table.groupby("place", sort=False)["date"].max().dt.strftime("%Y-%m-%d")
    return {
        "corpus": name,
        "address": f"{card['address'].rstrip('/')}/{source.file}",
        "commit": card["commit"],
        "sha256_of_source": source.sha256,
        "licence": card["licence"],
        "rows": len(table),
        "first_day": f"{table['date'].min():%Y-%m-%d}",
        "last_day": last.to_dict(),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def main(folder: Path, output: Path) -> None:
    """Write both series and their manifest."""
    output.mkdir(parents=True, exist_ok=True)
    manifest = {}
    for name in PLACES:
        table = extract(name, folder)
        manifest[f"{table['series'].iloc[0]}.csv"] = write(name, table, output)
    text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
    (output / "manifest.json").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or not Path(sys.argv[1]).is_dir():
        sys.exit("name the folder that holds copies of the corpora oxcgrt and cases")
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) == 3 else paths.SERIES)
