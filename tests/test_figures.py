import hashlib
import json
import os
import re
import subprocess
import sys
from importlib.metadata import version
from io import BytesIO

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from PIL import Image

from helpers import draw, figures, paths, style

pytestmark = pytest.mark.usefixtures("theme")

COUNTS = pd.DataFrame({"feature": ["工作", "落实", "疫情防控"], "n": [13, 10, 9]})
ALT = "Bars of three words: 工作 13, 落实 10, 疫情防控 9"


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv(figures.FOLDER_VARIABLE, str(tmp_path / "figures"))
    return tmp_path / "figures"


@pytest.fixture
def figure():
    return draw.plot_ranked_terms(COUNTS, title="工作 leads").figure


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_writes_png_and_svg_and_returns_the_png(figure, folder):
    path = figures.save_figure(figure, "ranked", tables={"counts": COUNTS}, alt=ALT)
    assert path == folder / "ranked.png"
    assert sorted(file.name for file in folder.iterdir()) == [
        "manifest.json", "ranked.png", "ranked.svg",
    ]  # fmt: skip
    with Image.open(path) as picture:
        assert picture.format == "PNG"
        assert picture.info["dpi"] == pytest.approx((200, 200), abs=1)
        assert picture.width > 1200
        assert picture.info["Description"] == ALT
        assert "Software" not in picture.info
    drawing = (folder / "ranked.svg").read_text(encoding="utf-8")
    # Names that hang on the last bit of a position would differ from run to run.
    assert "url(#clip1)" in drawing and not re.search(r"#p[0-9a-f]{10}", drawing)
    assert ALT in drawing
    assert "<dc:date>" not in drawing
    assert "<text" not in drawing  # outlines: no font is needed where it is shown


def test_the_manifest_says_where_a_figure_comes_from(figure, folder):
    figures.save_figure(figure, "ranked", tables={"counts": COUNTS}, alt=ALT)
    entry = figures.read_manifest()["ranked"]
    csv = "feature,n\n工作,13\n落实,10\n疫情防控,9\n"
    assert entry == {
        "title": "工作 leads",
        "alt": ALT,
        "files": {name: sha256(folder / name) for name in ("ranked.png", "ranked.svg")},
        "tables": {
            "counts": {"rows": 3, "sha256": hashlib.sha256(csv.encode("utf-8")).hexdigest()}
        },
        "font": {"file": style.font_path().name, "sha256": sha256(style.font_path())},
        "versions": {name: version(name) for name in ("matplotlib", "pandas", "wordcloud")},
    }


def test_the_manifest_is_sorted_and_keeps_the_other_figures(figure, folder):
    for name in ("second", "first", "second"):
        figures.save_figure(figure, name, tables={"counts": COUNTS}, alt=ALT)
    text = (folder / "manifest.json").read_text(encoding="utf-8")
    assert list(json.loads(text)) == ["first", "second"]
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    assert not list(folder.glob("*.unfinished"))


def test_saving_again_gives_the_same_bytes(figure, folder):
    figures.save_figure(figure, "ranked", tables={"counts": COUNTS}, alt=ALT)
    first = {file.name: file.read_bytes() for file in folder.iterdir()}
    figure.savefig(BytesIO(), dpi=90)  # as a notebook does when it shows the figure
    assert figure.get_layout_engine() is not None
    figures.save_figure(figure, "ranked", tables={"counts": COUNTS}, alt=ALT)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == first


PROGRAM = """
import matplotlib
matplotlib.use("Agg")
import pandas as pd
from helpers import clouds, draw, figures, style
style.set_theme()
words = "工作 落实 疫情防控 经济社会发展 措施 坚决 统筹 推进".split()
counts = pd.DataFrame({"feature": words, "n": [13, 10, 9, 7, 5, 5, 5, 5]})
cloud, bars = clouds.plot_cloud_with_bars(counts, category_of={"疫情防控": "prevention"})
style.caption(bars, "Guangzhou, 26 Feb 2020")
figures.save_figure(cloud.figure, "pair", tables={"counts": counts}, alt="a cloud and bars")
hits = pd.DataFrame({"term": ["复工复产"], "category": ["reopening"], "start": [9], "end": [13],
                     "free": [True]})
parts = pd.DataFrame({"part": ["title", "lead"], "start": [0, 20], "end": [20, 90]})
ax = draw.plot_xray(hits, parts, terms=["复工复产"])
figures.save_figure(ax.figure, "xray", tables={"hits": hits}, alt="one tick")
"""


def test_two_processes_give_the_same_bytes(tmp_path):
    written = []
    for run in ("1", "2"):
        setting = {figures.FOLDER_VARIABLE: str(tmp_path / run), "PYTHONHASHSEED": run}
        subprocess.run(
            [sys.executable, "-c", PROGRAM], check=True, cwd=paths.PROJECT,
            env={**os.environ, **setting, "PYTHONUTF8": "1"},
        )  # fmt: skip
        written.append({file.name: file.read_bytes() for file in (tmp_path / run).iterdir()})
    assert sorted(written[0]) == ["manifest.json", "pair.png", "pair.svg", "xray.png", "xray.svg"]
    assert written[0] == written[1]


def test_a_changed_table_changes_its_fingerprint_and_a_last_digit_does_not():
    shares = pd.DataFrame({"share": [0.1 + 0.2]})
    same = pd.DataFrame({"share": [0.3]})
    other = pd.DataFrame({"share": [0.3001]})
    prints = [figures._fingerprint(table)["sha256"] for table in (shares, same, other)]
    assert prints[0] == prints[1] != prints[2]


def test_without_the_variable_the_project_s_folder_is_used(monkeypatch, tmp_path):
    monkeypatch.delenv(figures.FOLDER_VARIABLE)
    monkeypatch.setattr(paths, "FIGURES", tmp_path / "own")
    assert figures.figures_folder() == tmp_path / "own"
    assert (tmp_path / "own").is_dir()


def test_the_titles_of_all_axes_make_the_title():
    figure, (left, right) = plt.subplots(1, 2)
    left.set_title("统筹推进\n疫情防控 said\ntwice", loc="left")
    right.set_title("its twin")
    figures.save_figure(figure, "pair", tables={"counts": COUNTS}, alt=ALT)
    assert figures.read_manifest()["pair"]["title"] == "统筹推进疫情防控 said twice | its twin"


@pytest.mark.parametrize("name", ["", "../ranked", "two words", "Ranked", "ranked.png", "图"])
def test_a_name_that_is_no_plain_file_name_is_refused(figure, folder, name):
    with pytest.raises(ValueError, match="may only hold a-z, 0-9 and _"):
        figures.save_figure(figure, name, tables={"counts": COUNTS}, alt=ALT)
    assert not folder.exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tables": {}}, "names no table"),
        ({"tables": {"counts": [1]}}, r"tables\['counts'\] of figure 'ranked' is list"),
    ],
)
def test_a_figure_without_table_is_refused(figure, folder, options, message):
    with pytest.raises(ValueError, match=message):
        figures.save_figure(
            figure, "ranked", **{"tables": {"counts": COUNTS}, "alt": ALT, **options}
        )
    assert not folder.exists()


def test_a_figure_without_title_is_refused(folder):
    figure, _ = plt.subplots()
    with pytest.raises(ValueError, match="the figure has no title; let it say the finding"):
        figures.save_figure(figure, "ranked", tables={"counts": COUNTS}, alt=ALT)
    assert not folder.exists()


def test_axes_in_place_of_the_figure_are_refused(figure):
    with pytest.raises(ValueError, match=r"not Axes; give ax\.figure"):
        figures.save_figure(figure.axes[0], "ranked", tables={"counts": COUNTS}, alt=ALT)


def test_characters_without_a_glyph_are_named_and_nothing_is_written(figure, folder):
    figure.axes[0].set_xlabel("防\U00020000")
    with pytest.raises(ValueError, match=r"no font in use can draw: .*\(U\+20000\)"):
        figures.save_figure(figure, "ranked", tables={"counts": COUNTS}, alt=ALT)
    assert not folder.exists()


def test_a_broken_manifest_is_named_with_its_cure(figure, folder):
    folder.mkdir()
    (folder / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match="manifest.json is not readable as JSON .*delete it"):
        figures.save_figure(figure, "ranked", tables={"counts": COUNTS}, alt=ALT)
    assert (folder / "manifest.json").read_text(encoding="utf-8") == "{"


def test_without_alt_text_the_title_stands_in(figure, folder):
    figures.save_figure(figure, "ranked", tables={"counts": COUNTS})
    entry = figures.read_manifest()["ranked"]
    assert entry["alt"] == entry["title"] != ""
