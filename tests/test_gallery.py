"""The gallery, and that figures/ holds what its manifest and its page say."""

import hashlib
import json
import re
import shutil
from html import unescape
from io import BytesIO
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from PIL import Image

from helpers import figures, paths
from scripts import build_gallery as gallery

COUNTS = pd.DataFrame({"feature": ["工作", "落实"], "n": [13, 10]})
MADE_BY = {"notebook": "03_terms.ipynb", "cell": "cell-07"}


def committed_manifest() -> dict[str, dict]:
    return json.loads((paths.FIGURES / figures.MANIFEST).read_text(encoding="utf-8"))


# --- what is committed -------------------------------------------------------------------------


def test_the_committed_manifest_is_true() -> None:
    manifest = committed_manifest()
    assert len(manifest) > 40
    assert gallery.find_faults(paths.FIGURES, manifest) == []


def test_the_committed_page_is_the_one_the_script_writes() -> None:
    page = (paths.FIGURES / gallery.PAGE).read_text(encoding="utf-8")
    assert page == gallery.write_page(committed_manifest()), "python -m scripts.build_gallery"


def test_the_committed_contact_sheet_shows_the_figures_that_are_there() -> None:
    manifest = committed_manifest()
    with Image.open(paths.FIGURES / gallery.CONTACT_SHEET) as committed:
        assert committed.info["Source"] == gallery.hash_of_pictures(manifest)
        # Other versions draw a letter's edge a shade differently.
        rebuilt = Image.open(BytesIO(gallery.draw_contact_sheet(paths.FIGURES, manifest)))
        assert committed.size == rebuilt.size
        pixels = [np.asarray(sheet.convert("L"), dtype=int) for sheet in (committed, rebuilt)]
    assert np.abs(pixels[0] - pixels[1]).mean() < 1


def test_every_link_of_the_committed_page_leads_somewhere() -> None:
    page = (paths.FIGURES / gallery.PAGE).read_text(encoding="utf-8")
    links = re.findall(r"(?<!\\)\]\(([^)]+)\)", page)
    assert len(links) > 4 * 40
    assert [link for link in links if not (paths.FIGURES / link).exists()] == []


# --- what the script writes --------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, theme: None) -> Path:
    """A folder of two figures, signed, and the notebook that made them."""
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    cells = [new_code_cell("figures.save_figure(...)", id="cell-07"), new_code_cell("1", id="one")]
    nbformat.write(new_notebook(cells=cells), notebooks / MADE_BY["notebook"])
    monkeypatch.setattr(gallery, "NOTEBOOKS", notebooks)
    monkeypatch.setenv(figures.FOLDER_VARIABLE, str(tmp_path / "figures"))
    save("03_bars", alt="Bars")
    save("03_rows", alt="Rows.", seed=7, tables={"rows": COUNTS, "one": COUNTS.head(1)})
    sign(tmp_path / "figures")
    return tmp_path / "figures"


def save(name: str, *, title: str = "工作 leads", tables=None, **options: object) -> None:
    figure, ax = plt.subplots(figsize=(3, 2))
    ax.barh(COUNTS["feature"], COUNTS["n"])
    ax.set_title(title, loc="left", parse_math=False)
    figures.save_figure(figure, name, tables=tables or {"counts": COUNTS}, **options)


def sign(folder: Path, made_by: dict[str, str] = MADE_BY) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for name in manifest:
        manifest[name]["made_by"] = made_by
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def faults_of(folder: Path) -> list[str]:
    return gallery.find_faults(folder, figures.read_manifest(), notebooks=gallery.NOTEBOOKS)


def test_a_section_shows_picture_finding_description_cell_and_files(folder: Path) -> None:
    page = gallery.write_page(figures.read_manifest())
    assert "## [03\\_terms](../notebooks/03_terms.ipynb)\n" in page
    assert page.endswith(
        "### 03\\_bars\n\n![Bars](03_bars.png)\n\n**工作 leads**\n\nBars.\n\n"
        "Cell `cell-07` · [svg](03_bars.svg) · [pdf](03_bars.pdf) · [csv](03_bars.csv) (2 rows)\n\n"
        "### 03\\_rows\n\n![Rows.](03_rows.png)\n\n**工作 leads**\n\nRows.\n\n"
        "Cell `cell-07`, seed 7 · [svg](03_rows.svg) · [pdf](03_rows.pdf) · "
        "[one.csv](03_rows.one.csv) (1 row) · [rows.csv](03_rows.rows.csv) (2 rows)\n"
    )


def test_a_table_kept_in_part_says_so(folder: Path) -> None:
    save("03_bars", tables={"long": pd.DataFrame({"n": range(5_001)})})
    sign(folder)
    page = gallery.write_page(figures.read_manifest())
    link = "[first_5000.csv](03_bars.first_5000.csv) (the first 5,000 of 5,001 rows)"
    assert link in page


HOSTILE = [
    "<b>bold</b> <script>alert(1)</script>",
    "**stars** _under_ `ticks` ~~gone~~",
    "![x](y) [a](b) ](evil.png)",
    "a | b $n$ &amp; \\ # 1. - +",
    "two\nlines\n\n# no heading",
    "疫情防控 \u202eright\u202c to left 😷",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_texts_say_is_shown_and_never_done(folder: Path, text: str) -> None:
    mistune = pytest.importorskip("mistune")
    manifest = figures.read_manifest()
    manifest["03_bars"] |= {"title": text, "alt": text}
    shown = mistune.html(gallery.write_page(manifest))
    section = shown.partition(">03_bars<")[2].partition(">03_rows<")[0]
    assert set(re.findall(r"<(\w+)", section)) == {"p", "img", "strong", "code", "a", "h3"}
    assert re.findall(r'(?:src|href)="([^"]+)"', section) == [
        f"03_bars.{kind}" for kind in ("png", "svg", "pdf", "csv")
    ]
    wanted = " ".join(text.split())
    assert unescape(re.search(r'alt="([^"]*)"', section)[1]) == wanted
    assert unescape(re.search(r"<strong>(.*?)</strong>", section)[1]) == wanted


def test_a_dollar_begins_no_formula() -> None:
    assert gallery._text("a $n$\nb_c <i>") == "a &#36;n&#36; b\\_c &lt;i&gt;"


def test_the_script_writes_page_and_sheet_and_a_second_run_changes_nothing(
    folder: Path, capsys: pytest.CaptureFixture
) -> None:
    assert gallery.main() == 0
    assert capsys.readouterr().out == "2 figures in README.md and contact_sheet.png\n"
    first = {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in folder.iterdir()}
    assert set(first) >= gallery.NOT_DRAWN
    assert gallery.main() == 0
    assert {f.name: (f.read_bytes(), f.stat().st_mtime_ns) for f in folder.iterdir()} == first


def test_the_sheet_shows_every_figure_in_its_place_with_its_name(folder: Path) -> None:
    sheet = Image.open(BytesIO(gallery.draw_contact_sheet(folder, figures.read_manifest())))
    assert sheet.info["Source"] == gallery.hash_of_pictures(figures.read_manifest())
    width, height = gallery.CELL
    assert sheet.size == (gallery.COLUMNS * width, height)
    dark = np.asarray(sheet.convert("L")) < 160
    for column in range(gallery.COLUMNS):
        cell = dark[:, column * width : (column + 1) * width]
        assert cell[: -gallery.NAME_HEIGHT].any() == (column < 2)
        assert cell[-gallery.NAME_HEIGHT :].any() == (column < 2)
        assert not cell[:, [0, -1]].any(), "a picture or a name runs into the next cell"


def test_figures_of_a_reader_s_own_documents_are_not_shown(folder: Path) -> None:
    before = gallery.write_page(figures.read_manifest())
    hashed = gallery.hash_of_pictures(figures.read_manifest())
    save("own_bars", alt="mine")
    assert faults_of(folder) == []
    assert gallery.write_page(figures.read_manifest()) == before
    assert gallery.hash_of_pictures(figures.read_manifest()) == hashed


# --- what is not true is said ------------------------------------------------------------------


def test_a_true_manifest_has_no_fault(folder: Path) -> None:
    assert faults_of(folder) == []


@pytest.mark.parametrize("file", ["03_bars.png", "03_bars.svg", "03_bars.pdf", "03_bars.csv"])
def test_a_changed_or_missing_file_is_named_with_the_cure(folder: Path, file: str) -> None:
    cure = "python3 run.py notebooks 03_terms"
    (folder / file).write_bytes(b"other")
    assert faults_of(folder) == [f"{file} is not the file that was saved: {cure}"]
    (folder / file).unlink()
    assert faults_of(folder) == [f"03_bars names a file {file} that is not there: {cure}"]


def test_a_file_no_figure_owns_is_named(folder: Path) -> None:
    shutil.copy(folder / "03_bars.csv", folder / "03_old.csv")
    assert faults_of(folder) == ["03_old.csv belongs to no figure of manifest.json: delete it"]


def test_a_kind_of_file_that_was_not_saved_is_named(folder: Path) -> None:
    manifest = figures.read_manifest()
    del manifest["03_bars"]["files"]["03_bars.pdf"]
    (folder / "03_bars.pdf").unlink()
    faults = gallery.find_faults(folder, manifest, notebooks=gallery.NOTEBOOKS)
    assert len(faults) == 1
    assert faults[0].startswith("03_bars should have a file 03_bars.pdf, and has none:")


@pytest.mark.parametrize(
    "made_by", [{**MADE_BY, "cell": "one"}, {**MADE_BY, "notebook": "04.ipynb"}]
)
def test_a_cell_that_saves_no_figure_is_named(folder: Path, made_by: dict[str, str]) -> None:
    sign(folder, made_by)
    fault, _ = faults_of(folder)
    assert fault.startswith(
        f"03_bars says that cell {made_by['cell']} of {made_by['notebook']} made it, which saves no"
    )


def test_a_figure_drawn_outside_run_py_is_named(folder: Path) -> None:
    save("03_bars")
    assert faults_of(folder) == [
        "03_bars names no cell; only a run by run.py writes it: python3 run.py"
    ]


def test_a_changed_lexicon_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = figures.fingerprint_inputs() | {"data/lexicon/lexicon.csv": "other"}
    monkeypatch.setattr(figures, "fingerprint_inputs", lambda: inputs)
    assert faults_of(folder) == [
        "data/lexicon/lexicon.csv is not the one these were drawn with: 03_bars, 03_rows: "
        "python3 run.py"
    ]


def test_the_manifest_of_an_older_version_is_a_list_of_faults(folder: Path) -> None:
    manifest = figures.read_manifest()
    old = {"rows": 2, "sha256": hashlib.sha256(b"").hexdigest()}
    manifest["03_bars"] |= {"tables": {"counts": old}}
    for key in ("inputs", "made_by", "seed"):
        del manifest["03_bars"][key]
    faults = gallery.find_faults(folder, manifest, notebooks=gallery.NOTEBOOKS)
    first, *others = faults
    assert first.startswith("03_bars names no cell; only a run by run.py writes it")
    assert others == [
        f"{file} is not the one these were drawn with: 03_bars: python3 run.py"
        for file in figures.fingerprint_inputs()
    ]


def test_with_faults_nothing_is_written(folder: Path, capsys: pytest.CaptureFixture) -> None:
    (folder / "03_bars.png").unlink()
    assert gallery.main() == 1
    said = capsys.readouterr().err
    assert "03_bars.png that is not there" in said and said.endswith("gallery was not written.\n")
    assert not (folder / gallery.PAGE).exists() and not (folder / gallery.CONTACT_SHEET).exists()


@pytest.mark.parametrize(
    ("content", "message"), [("{", "not readable as JSON"), ("{}", "no figure")]
)
def test_without_a_manifest_to_read_it_says_so(
    folder: Path, capsys: pytest.CaptureFixture, content: str, message: str
) -> None:
    (folder / "manifest.json").write_text(content, encoding="utf-8")
    assert gallery.main() == 1
    assert message in capsys.readouterr().err
