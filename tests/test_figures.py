import hashlib
import json
import os
import re
import subprocess
import sys
from importlib.metadata import version
from io import BytesIO, StringIO
from pathlib import Path
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.font_manager import findfont
from PIL import Image

from helpers import draw, figures, paths, style
from helpers.drawing.figures import pictures, small_font

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


FILES = ["ranked.csv", "ranked.pdf", "ranked.png", "ranked.svg"]
SVG = "{http://www.w3.org/2000/svg}"


def test_writes_three_pictures_and_the_numbers_and_returns_the_png(figure, folder):
    path = figures.save_figure(figure, "ranked", tables={"counts": COUNTS}, alt=ALT)
    assert path == folder / "ranked.png"
    assert sorted(file.name for file in folder.iterdir()) == ["manifest.json", *FILES]


def test_the_png_is_sharp_described_and_unsigned(figure, folder):
    path = figures.save_figure(figure, "ranked", tables={"counts": COUNTS}, alt=ALT)
    with Image.open(path) as picture:
        assert picture.format == "PNG"
        assert picture.info["dpi"] == pytest.approx((200, 200), abs=1)
        assert picture.width > 1200
        assert picture.info["Description"] == ALT
        assert "Software" not in picture.info


def test_the_svg_is_made_of_outlines_with_steady_names(figure, folder):
    figures.save_figure(figure, "ranked", tables={"counts": COUNTS}, alt=ALT)
    drawing = (folder / "ranked.svg").read_text(encoding="utf-8")
    # Names that hang on the last bit of a position would differ from run to run.
    assert "url(#clip1)" in drawing and not re.search(r"#p[0-9a-f]{10}", drawing)
    assert "<dc:date>" not in drawing and "atplotlib v" not in drawing
    assert "<text" not in drawing  # outlines: no font is needed where it is shown


def test_a_screen_reader_reads_the_svg_as_one_image_with_title_and_description(figure, folder):
    hostile = 'bars <b>bold</b> & "quotes" ]]> 疫情'
    figure.axes[0].set_title("", loc="left")
    figure.axes[0].set_title("a < b & 工作")
    figures.save_figure(figure, "ranked", tables={"counts": COUNTS}, alt=hostile)
    root = ElementTree.parse(folder / "ranked.svg").getroot()
    assert root.get("role") == "img"
    first, second = list(root)[:2]
    assert (first.tag, first.text) == (f"{SVG}title", "a < b & 工作")
    assert (second.tag, second.text) == (f"{SVG}desc", hostile)
    assert root.get("aria-labelledby").split() == [first.get("id"), second.get("id")]
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(set(ids)) == len(ids) and all("ranked" in name for name in ids[:2])


def test_chinese_in_the_pdf_can_be_searched_and_copied(folder):
    pypdf = pytest.importorskip("pypdf")
    # Rare characters and readings too: GBK beyond GB2312, Big5, tone marks.
    counts = pd.DataFrame({"feature": ["疫情防控", "镕喆", "復產", "yì qíng"], "n": [4, 3, 2, 1]})
    ax = draw.plot_ranked_terms(counts, title="统筹推进 leads")
    figures.save_figure(ax.figure, "ranked", tables={"counts": counts}, alt=ALT)
    page = pypdf.PdfReader(folder / "ranked.pdf").pages[0]
    text = page.extract_text()
    for words in [*counts["feature"], "统筹推进 leads"]:
        assert words in text
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    kinds = {font["/DescendantFonts"][0].get_object()["/Subtype"] for font in fonts}
    assert kinds == {"/CIDFontType2"}  # TrueType inside, not drawings of letters


def test_the_pdf_names_its_finding_and_neither_date_nor_version(figure, folder):
    pypdf = pytest.importorskip("pypdf")
    figures.save_figure(figure, "ranked", tables={"counts": COUNTS}, alt=ALT)
    about = pypdf.PdfReader(folder / "ranked.pdf").metadata
    assert dict(about) == {"/Title": "工作 leads", "/Subject": ALT}


def test_the_pdf_can_be_searched_whatever_the_settings_say(figure, folder):
    pypdf = pytest.importorskip("pypdf")
    with plt.rc_context({"pdf.fonttype": 3}):
        figures.save_figure(figure, "ranked", tables={"counts": COUNTS}, alt=ALT)
    assert "疫情防控" in pypdf.PdfReader(folder / "ranked.pdf").pages[0].extract_text()
    assert b"/Type3" not in (folder / "ranked.pdf").read_bytes()


def test_the_manifest_says_where_a_figure_comes_from(figure, folder):
    figures.save_figure(figure, "ranked", tables={"counts": COUNTS}, alt=ALT, seed=2020)
    entry = figures.read_manifest()["ranked"]
    csv = "feature,n\n工作,13\n落实,10\n疫情防控,9\n"
    assert (folder / "ranked.csv").read_bytes() == csv.encode("utf-8")
    assert entry == {
        "title": "工作 leads",
        "alt": ALT,
        "seed": 2020,
        "files": {name: sha256(folder / name) for name in FILES},
        "tables": {
            "counts": {
                "file": "ranked.csv", "rows": 3, "rows_in_file": 3,
                "sha256": hashlib.sha256(csv.encode("utf-8")).hexdigest(),
            }
        },
        "inputs": figures.fingerprint_inputs(),
        "font": {"file": style.font_path().name, "sha256": sha256(style.font_path())},
        "versions": {name: version(name) for name in ("matplotlib", "pandas", "wordcloud")},
    }  # fmt: skip


def test_the_inputs_are_the_sample_the_language_data_and_jieba_s_words():
    import jieba

    inputs = figures.fingerprint_inputs()
    assert inputs["data/raw/guangzhou-2020-02-26.txt"] == sha256(paths.SEED)
    names = "lexicon segmentation function_words formulations glossary".split()
    for name in names:
        assert inputs[f"data/lexicon/{name}.csv"] == sha256(paths.LEXICON / f"{name}.csv")
    with jieba.get_module_res("dict.txt") as words:
        assert inputs["jieba/dict.txt"] == hashlib.sha256(words.read()).hexdigest()
    assert len(inputs) == 7


def test_a_changed_lexicon_changes_the_inputs_and_a_missing_one_is_none(monkeypatch, tmp_path):
    (tmp_path / "data" / "lexicon").mkdir(parents=True)
    (tmp_path / "data" / "lexicon" / "lexicon.csv").write_bytes(b"term\n")
    monkeypatch.setattr(paths, "PROJECT", tmp_path)
    inputs = figures.fingerprint_inputs()
    assert inputs["data/lexicon/lexicon.csv"] == hashlib.sha256(b"term\n").hexdigest()
    assert inputs["data/lexicon/glossary.csv"] is None


def test_the_manifest_is_sorted_and_keeps_the_other_figures(figure, folder):
    for name in ("second", "first", "second"):
        figures.save_figure(figure, name, tables={"counts": COUNTS}, alt=ALT)
    text = (folder / "manifest.json").read_text(encoding="utf-8")
    assert list(json.loads(text)) == ["first", "second"]
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    assert not list(folder.glob("*.unfinished"))


def test_figures_of_own_documents_have_a_manifest_of_their_own(figure, folder):
    figures.save_figure(figure, "ranked", tables={"counts": COUNTS}, alt=ALT)
    figures.save_figure(figure, "own_ranked", tables={"counts": COUNTS}, alt=ALT)
    assert list(figures.read_manifest()) == ["ranked"]
    assert list(figures.read_manifest(own=True)) == ["own_ranked"]
    # What .gitignore leaves out.
    tracked = {file.name for file in folder.iterdir() if not file.name.startswith("own_")}
    assert tracked == {"manifest.json", *FILES}


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
    kinds = ("csv", "pdf", "png", "svg")
    files = [f"{name}.{kind}" for name in ("pair", "xray") for kind in kinds]
    assert sorted(written[0]) == ["manifest.json", *files]
    assert written[0] == written[1]


# --- the frame and the small copy of the font ---


def test_the_frame_is_the_one_matplotlib_finds(figure):
    drawn = pictures.render(figure, "ranked", title="t", alt="a")["ranked.png"]
    figure.set_layout_engine("none")
    content = BytesIO()
    figure.savefig(content, dpi=200, bbox_inches="tight")
    ours, theirs = (Image.open(file).convert("L") for file in (BytesIO(drawn), content))
    assert ours.size == theirs.size
    # One more drawing moves a letter by a hair; a pixel would turn white to black.
    assert np.abs(np.asarray(ours, dtype=int) - np.asarray(theirs, dtype=int)).max() < 64


def embedded_fonts(pdf):
    pypdf = pytest.importorskip("pypdf")
    page = pypdf.PdfReader(BytesIO(pdf)).pages[0]
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    inner = [font["/DescendantFonts"][0].get_object() for font in fonts]
    return [font["/FontDescriptor"]["/FontFile2"].get_data() for font in inner]


def test_the_pdf_embeds_the_same_letters_from_the_small_font_as_from_the_whole(figure, monkeypatch):
    small = pictures.render(figure, "ranked", title="t", alt="a")
    monkeypatch.setattr(small_font, "small_font", lambda whole: None)
    whole = pictures.render(figure, "ranked", title="t", alt="a")
    assert embedded_fonts(small["ranked.pdf"]) == embedded_fonts(whole["ranked.pdf"])
    assert [small[f"ranked.{kind}"] == whole[f"ranked.{kind}"] for kind in ("png", "svg")] == [
        True
    ] * 2


def test_the_pdf_has_one_font_for_han_and_latin(figure):
    # Of a second one only ligatures may be in need: each costs a reading of the font.
    assert len(embedded_fonts(pictures.render(figure, "r", title="t", alt="a")["r.pdf"])) == 1


@pytest.mark.parametrize(("words", "small"), [("疫情防控 yì qíng", True), ("镕喆", False)])
def test_a_rare_character_is_taken_from_the_font_itself(figure, monkeypatch, words, small):
    figure.axes[0].set_title(words)
    found = []
    monkeypatch.setattr(small_font, "register", found.append)
    with small_font.small_font_in_use(figure):
        assert bool(found) is small
    assert found[-1:] == [style.font_path()] * small


def test_the_font_is_itself_again_when_drawing_fails(figure):
    name = style.font_path().name
    with pytest.raises(KeyError), small_font.small_font_in_use(figure):
        assert Path(findfont("Noto Sans SC")).parent == small_font.FOLDER
        raise KeyError
    assert Path(findfont("Noto Sans SC")).name == name


@pytest.fixture
def fonts(monkeypatch, tmp_path):
    monkeypatch.setattr(small_font, "FOLDER", tmp_path / "fonts")
    small_font._small_font.cache_clear()
    yield tmp_path / "fonts"
    small_font._small_font.cache_clear()


def test_a_damaged_copy_of_the_font_is_made_again(fonts):
    made = small_font.small_font(style.font_path())
    content = made.read_bytes()
    made.write_bytes(content[:1000])
    small_font._small_font.cache_clear()
    assert small_font.small_font(style.font_path()).read_bytes() == content
    assert [file.name for file in fonts.iterdir()] == [made.name]


def test_without_a_place_for_the_copy_the_font_itself_is_taken(fonts, figure):
    fonts.write_text("a file where the folder should be", encoding="utf-8")
    assert small_font.small_font(style.font_path()) is None
    assert pictures.render(figure, "ranked", title="t", alt="a")["ranked.pdf"].startswith(b"%PDF")


# --- the numbers as csv ---


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+86", "'+86"),
        ("-", "'-"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("\n=x", "'\n=x"),
        ("＝1", "'＝1"),
        ("－", "'－"),
        ("'=1", "''=1"),  # so that taking one away gives the cell back
        ("'quoted'", "'quoted'"),
        ("疫情=防控", "疫情=防控"),
        ("—", "—"),
        ("", ""),
        ('a,"b"\r\nc', 'a,"b"\r\nc'),
        ("\u202eright to left", "\u202eright to left"),
    ],
)
@pytest.mark.parametrize("kind", ["str", "object", "category"])
def test_a_text_cell_is_no_formula_and_comes_back(cell, written, kind):
    table = pd.DataFrame({"feature": pd.Series([cell, "工作"], dtype=kind), "n": [-1, 2]})
    text = figures.csv_form(table)
    back = pd.read_csv(StringIO(text, newline=""), keep_default_na=False)
    assert back["feature"].tolist() == [written, "工作"]
    assert back["n"].tolist() == [-1, 2]  # numbers stay numbers
    assert [re.sub(r"^'(?='*[=+\-@\t\r\n＝＋－＠])", "", value) for value in back["feature"]] == [
        cell, "工作",
    ]  # fmt: skip


def test_a_column_name_is_no_formula_either():
    assert figures.csv_form(pd.DataFrame({"=n": [1], "-": ["防"]})) == "'=n,'-\n1,防\n"


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ([0.1 + 0.2, 1 / 3], ["0.3", "0.333333333333"]),
        (np.array([0.5, 2], dtype="float32"), ["0.5", "2"]),
        ([-0.25, float("nan")], ["-0.25", '""']),
        ([float("inf"), 1e-9], ["inf", "1e-09"]),
        (pd.Series([0.1 + 0.2, "-"], dtype=object), ["0.3", "'-"]),
        (pd.Series([0.1 + 0.2, float("nan")], dtype="category"), ["0.3", '""']),
        (pd.Series([1, None], dtype="Int64"), ["1", '""']),
        ([True, False], ["True", "False"]),
        (pd.to_datetime(["2020-02-26", "2020-03-01"]), ["2020-02-26", "2020-03-01"]),
        ([10**15, -(10**15)], ["1000000000000000", "-1000000000000000"]),
    ],
)
def test_numbers_have_twelve_digits(values, written):
    rows = figures.csv_form(pd.DataFrame({"value": values})).splitlines()
    assert [row or '""' for row in rows] == ["value", *written]


def test_a_changed_table_changes_its_hash_and_a_last_digit_does_not():
    tables = [pd.DataFrame({"share": [value]}) for value in (0.1 + 0.2, 0.3, 0.3001)]
    forms = [figures.csv_form(table) for table in tables]
    assert forms[0] == forms[1] != forms[2]


def test_an_index_that_says_something_is_written_and_row_numbers_are_not():
    shares = pd.DataFrame({"share": [0.5]}, index=pd.Index(["防控"], name="term"))
    assert figures.csv_form(shares) == "term,share\n防控,0.5\n"
    assert figures.csv_form(shares.rename_axis(None)) == "index,share\n防控,0.5\n"
    assert figures.csv_form(COUNTS[COUNTS["n"] < 10]) == "feature,n\n疫情防控,9\n"
    assert figures.csv_form(COUNTS.head(0)) == "feature,n\n"


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            COUNTS.set_index("feature", drop=False),
            "its index and a column are both called 'feature'",
        ),
        (COUNTS.set_axis(["n", "n"], axis=1), "it has more than one column called 'n'; rename one"),
        (COUNTS.set_axis([1, "1"], axis=1), "it has more than one column called '1'; rename one"),
        (pd.concat({"a": COUNTS}, axis=1), "it has 2 header rows, and csv has one"),
        (
            COUNTS.replace("落实", "落\ud83d"),
            r"line 3 of its csv form holds half a character, U\+D83D",
        ),
    ],
)
def test_a_table_csv_cannot_hold_is_named_and_nothing_is_written(figure, folder, table, message):
    with pytest.raises(ValueError, match=f"table 'counts' of figure 'ranked': {message}"):
        figures.save_figure(figure, "ranked", tables={"counts": table}, alt=ALT)
    assert not folder.exists()


def test_tables_are_not_changed(figure):
    table = pd.DataFrame({"feature": ["=1", "工作"], "share": [0.1 + 0.2, 1]})
    before = table.copy(deep=True)
    figures.save_figure(figure, "ranked", tables={"counts": table}, alt=ALT)
    pd.testing.assert_frame_equal(table, before)


def test_several_tables_have_a_file_each_and_one_that_is_gone_takes_its_file_along(figure, folder):
    figures.save_figure(figure, "other", tables={"counts": COUNTS}, alt=ALT)
    both = {"ours": COUNTS, "theirs": COUNTS.head(1)}
    figures.save_figure(figure, "ranked", tables=both, alt=ALT)
    assert sorted(file.name for file in folder.glob("*.csv")) == [
        "other.csv", "ranked.ours.csv", "ranked.theirs.csv",
    ]  # fmt: skip
    assert [record["file"] for record in figures.read_manifest()["ranked"]["tables"].values()] == [
        "ranked.ours.csv", "ranked.theirs.csv",
    ]  # fmt: skip
    figures.save_figure(figure, "ranked", tables={"ours": COUNTS}, alt=ALT)
    assert sorted(file.name for file in folder.glob("*.csv")) == ["other.csv", "ranked.csv"]


@pytest.mark.parametrize("n_rows", [figures.MOST_ROWS, figures.MOST_ROWS + 1])
def test_a_very_large_table_is_written_in_part_and_its_name_says_so(figure, folder, n_rows):
    table = pd.DataFrame({"n": range(n_rows)})
    figures.save_figure(figure, "ranked", tables={"counts": table}, alt=ALT)
    entry = figures.read_manifest()["ranked"]
    whole = n_rows <= figures.MOST_ROWS
    file = "ranked.csv" if whole else f"ranked.first_{figures.MOST_ROWS}.csv"
    assert entry["tables"]["counts"] == {
        "file": file, "rows": n_rows, "rows_in_file": figures.MOST_ROWS,
        "sha256": hashlib.sha256(figures.csv_form(table).encode("utf-8")).hexdigest(),
    }  # fmt: skip
    written = pd.read_csv(folder / file)
    assert written["n"].tolist() == list(range(figures.MOST_ROWS))
    assert (entry["files"][file] == entry["tables"]["counts"]["sha256"]) is whole


# --- where and what ---


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
        (
            {"tables": {"counts": COUNTS, "../up": COUNTS}},
            r"the name '\.\./up' becomes part of a file's name: it may only hold a-z, 0-9 and _",
        ),
        ({"alt": None}, "the alt text of figure 'ranked' is NoneType, not text"),
        ({"alt": "bars\x07"}, r"holds U\+0007, which no SVG can hold; take it out"),
        ({"alt": "bars\ud83d"}, r"holds U\+D83D"),
        ({"seed": "2020"}, "the seed of figure 'ranked' is '2020'; give the whole number used"),
        ({"seed": True}, "is True; give the whole number"),
    ],
)
def test_a_request_that_cannot_be_met_is_refused(figure, folder, options, message):
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


@pytest.mark.parametrize("victim", ["../victim.txt", "other.png", "sub/ranked.png"])
def test_a_manifest_cannot_have_files_of_others_deleted(figure, folder, victim):
    (folder / "sub").mkdir(parents=True)
    (folder / victim).write_text("kept", encoding="utf-8")
    record = {"ranked": {"files": {victim: "0", "ranked.old.csv": "0"}}}
    (folder / "manifest.json").write_text(json.dumps(record), encoding="utf-8")
    (folder / "ranked.old.csv").write_text("old", encoding="utf-8")
    figures.save_figure(figure, "ranked", tables={"counts": COUNTS})
    assert (folder / victim).read_text(encoding="utf-8") == "kept"
    assert not (folder / "ranked.old.csv").exists()


@pytest.mark.parametrize("content", [b"[]", b'{"x": null}', b"\xff\xfe"])
def test_a_manifest_without_entries_is_named_before_anything_is_written(figure, folder, content):
    folder.mkdir()
    (folder / "manifest.json").write_bytes(content)
    with pytest.raises(ValueError, match="delete it and run the notebooks again"):
        figures.save_figure(figure, "ranked", tables={"counts": COUNTS})
    assert [file.name for file in folder.iterdir()] == ["manifest.json"]


@pytest.mark.parametrize(
    ("name", "tables", "message"),
    [
        (None, {"counts": COUNTS}, "may only hold"),
        ("x" * 101, {"counts": COUNTS}, "at most 100"),
        ("ranked", COUNTS, "give each table its name"),
        ("ranked", [COUNTS], "give each table its name"),
        ("ranked", {1: COUNTS}, "give it a word"),
        ("ranked", {"": COUNTS}, "give it a word"),
    ],
)
def test_names_and_tables_of_the_wrong_kind_are_refused(figure, folder, name, tables, message):
    with pytest.raises(ValueError, match=message):
        figures.save_figure(figure, name, tables=tables)
    assert not folder.exists()


def test_a_folder_that_cannot_be_is_named(figure, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv(figures.FOLDER_VARIABLE, str(tmp_path / "file"))
    with pytest.raises(ValueError, match=figures.FOLDER_VARIABLE):
        figures.save_figure(figure, "ranked", tables={"counts": COUNTS})


def test_a_whole_number_of_numpy_is_a_seed(figure, folder):
    figures.save_figure(figure, "ranked", tables={"counts": COUNTS}, seed=np.int64(3))
    assert figures.read_manifest()["ranked"]["seed"] == 3


def test_whatever_prints_as_a_formula_is_guarded():
    table = pd.DataFrame({"a": [paths.Path("=1+1")]})
    assert figures.csv_form(table) == "a\n'=1+1\n"
