import itertools
import shutil
import subprocess
import sys
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib import font_manager

from helpers import paths, style, tables
from helpers.drawing.style import fonts

pytestmark = pytest.mark.usefixtures("theme", "_theme_as_before")

DEJAVU = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
MAIN_LABELS = ("prevention", "reopening", "coupling", "governance")

GLOSSARY = pd.DataFrame(
    {
        "term": ["疫情防控", "隔离", "毫不放松", "四早", "空", "24"],
        "pinyin": ["yìqíng fángkòng", "gélí", "háobù fàngsōng", None, "kōng", None],
        "gloss_en": [
            "epidemic prevention and control (the master term)",
            "isolation",
            "keep up control without the least slackening",
            "four earlies: detect, report, isolate, and treat",
            None,
            "24",
        ],
    }
)


@pytest.fixture
def _theme_as_before():
    yield
    style.set_theme()


# --- the font ---------------------------------------------------------------------------------


def test_the_packaged_font_comes_first_and_its_package_is_never_imported(monkeypatch):
    monkeypatch.delenv(style.FONT_VARIABLE, raising=False)
    monkeypatch.setattr(fonts, "_installed_families", lambda: {"SimHei": DEJAVU})
    assert style.font_path().name == "NotoSansSC-Regular.ttf"
    assert "zhplot" not in sys.modules


def test_the_environment_overrides_the_packaged_font(monkeypatch, tmp_path):
    chosen = tmp_path / "chosen.ttf"
    shutil.copy(style.font_path(), chosen)
    monkeypatch.setenv(style.FONT_VARIABLE, str(chosen))
    assert style.font_path() == chosen


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "there is no such file"),
        (b"this is no font", "which is not a font file"),
        (DEJAVU.read_bytes(), "a font without Chinese characters"),
    ],
)
def test_a_bad_override_says_what_is_wrong_with_it(monkeypatch, tmp_path, content, message):
    chosen = tmp_path / "chosen.ttf"
    if content is not None:
        chosen.write_bytes(content)
    monkeypatch.setenv(style.FONT_VARIABLE, str(chosen))
    with pytest.raises(style.FontNotFoundError, match=message) as caught:
        style.font_path()
    assert str(chosen) in str(caught.value)
    assert "COVID_POLICY_FONT" in str(caught.value)


def test_a_variable_font_is_refused_because_it_is_drawn_thin(monkeypatch):
    monkeypatch.setenv(style.FONT_VARIABLE, str(style.font_path()))
    monkeypatch.setattr(fonts, "_is_variable", lambda path: True)
    with pytest.raises(style.FontNotFoundError, match="variable font.*static"):
        style.font_path()


def test_system_fonts_are_taken_in_the_order_of_the_list(monkeypatch):
    monkeypatch.delenv(style.FONT_VARIABLE, raising=False)
    monkeypatch.setattr(fonts, "_packaged_font", lambda: None)
    installed = {"Droid Sans Fallback": Path("droid.ttf"), "SimHei": Path("simhei.ttf")}
    monkeypatch.setattr(fonts, "_installed_families", lambda: installed)
    assert style.font_path() == Path("simhei.ttf")


def test_system_fonts_are_found_by_name_and_broken_files_passed_over(monkeypatch, tmp_path):
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"no font")
    found = [str(broken), str(tmp_path / "gone.ttf"), str(style.font_path())]
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: found)
    fonts._installed_families.cache_clear()
    try:
        assert fonts._installed_families() == {"Noto Sans SC": style.font_path()}
    finally:
        fonts._installed_families.cache_clear()


def test_without_any_chinese_font_the_error_names_the_cure(monkeypatch):
    monkeypatch.delenv(style.FONT_VARIABLE, raising=False)
    monkeypatch.setattr(fonts, "_packaged_font", lambda: None)
    monkeypatch.setattr(fonts, "_installed_families", lambda: {"DejaVu Sans": DEJAVU})
    with pytest.raises(style.FontNotFoundError, match="zhplot==1.0.0.*COVID_POLICY_FONT"):
        style.font_path()


# --- the theme --------------------------------------------------------------------------------


def test_importing_the_rooms_changes_no_setting():
    program = (
        "import matplotlib; before = dict(matplotlib.rcParams);"
        "from helpers import clouds, draw, figures, style;"
        "assert [clouds, draw, figures, style]; assert dict(matplotlib.rcParams) == before"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=paths.PROJECT)


def test_the_theme_draws_with_the_chosen_font_and_draws_every_character():
    assert plt.rcParams["font.family"] == ["Noto Sans SC", "DejaVu Sans"]
    assert font_manager.findfont("Noto Sans SC") == str(style.font_path())
    figure, ax = plt.subplots()
    ax.set_title("疫情防控 yì qíng −1 ≥ ⁺ → …")
    figure.draw_without_rendering()  # a missing glyph would warn, and warnings are errors here


def test_setting_the_theme_twice_registers_the_font_once():
    style.set_theme()
    style.set_theme(size="slide")
    files = [font.fname for font in font_manager.fontManager.ttflist]
    assert files.count(str(style.font_path())) == 1
    assert plt.rcParams["font.size"] == style.SIZES["slide"]["font.size"]


def test_another_font_of_the_same_name_does_not_take_its_place(tmp_path):
    known = font_manager.fontManager
    other = tmp_path / "other.ttf"
    shutil.copy(style.font_path(), other)
    before = list(known.ttflist)
    try:
        known.addfont(other)
        known.ttflist.insert(0, known.ttflist.pop())
        style.set_theme()
        assert font_manager.findfont("Noto Sans SC") == str(style.font_path())
    finally:
        known.ttflist = before
        style.set_theme()


def test_a_personal_setting_does_not_survive_the_theme():
    plt.rcParams["xtick.direction"] = "in"
    style.set_theme()
    assert plt.rcParams["xtick.direction"] == "out"


def test_an_unknown_size_is_refused():
    with pytest.raises(ValueError, match="size is 'poster'; .*notebook, page, slide"):
        style.set_theme(size="poster")


@pytest.mark.parametrize(
    ("name", "known"),
    [("mode", "light, dark"), ("language", "en, zh"), ("labels", "both, zh, en, pinyin")],
)
def test_an_unknown_choice_is_refused_and_changes_nothing(name, known):
    with pytest.raises(ValueError, match=f"{name} is 'grey'; it must be one of {known}"):
        style.set_theme(**{name: "grey"})
    assert style.in_force() == style.settings.Settings()


# --- the palette ------------------------------------------------------------------------------


def _linear(colour):
    channels = np.array(matplotlib.colors.to_rgb(colour))
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def _contrast(colour, ground):
    """WCAG 2.1 contrast ratio."""
    lights = [_linear(c) @ [0.2126, 0.7152, 0.0722] + 0.05 for c in (colour, ground)]
    return max(lights) / min(lights)


def _lab(linear):
    """CIE L*a*b* under D65."""
    matrix = [[0.4125, 0.3576, 0.1804], [0.2127, 0.7152, 0.0722], [0.0193, 0.1192, 0.9503]]
    x, y, z = np.cbrt(np.array(matrix) @ np.clip(linear, 0, 1) / [0.9505, 1, 1.0888])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def _hue(colour):
    _, a, b = _lab(_linear(colour))
    return np.degrees(np.arctan2(b, a))


# Machado, Oliveira & Fernandes 2009, "A physiologically-based model for simulation of color
# vision deficiency", IEEE TVCG 15(6), severity 1.0; on linear RGB.
SIGHT = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
both_modes = pytest.mark.parametrize("mode", style.MODES)


@both_modes
@pytest.mark.parametrize("label", [*MAIN_LABELS, "place_institution", "other"])
def test_colours_that_write_text_stand_out_from_the_ground(mode, label):
    look = style.LOOKS[mode]
    assert _contrast(look.palette[label], look.ground) >= 4.5


@both_modes
@pytest.mark.parametrize("name", ["ink", "quiet", "plain"])
def test_text_stands_out_from_the_ground_and_from_the_bands(mode, name):
    look = style.LOOKS[mode]
    for behind in (look.ground, look.band, look.shade):
        assert _contrast(getattr(look, name), behind) >= 4.5


@both_modes
@pytest.mark.parametrize("label", style.LABEL_NAMES)
def test_marks_of_every_category_are_seen_on_the_ground(mode, label):
    look = style.LOOKS[mode]
    if (mode, label) == ("light", "decoy"):
        # Fills bars beside an axis and numbers that say the same, and nothing else.
        assert _contrast(look.palette[label], look.ground) >= 1.9
    else:
        assert _contrast(look.palette[label], look.ground) >= 3


@both_modes
def test_unlabelled_is_a_grey_that_stays_behind_the_others(mode):
    look = style.LOOKS[mode]
    red, green, blue = matplotlib.colors.to_rgb(look.palette["unlabelled"])
    assert red == green == blue
    assert 3 <= _contrast(look.palette["unlabelled"], look.ground) < 4.5


@both_modes
def test_the_labels_differ_in_lightness_so_that_they_survive_greyscale(mode):
    palette = style.LOOKS[mode].palette
    lightness = sorted(_lab(_linear(palette[label]))[0] for label in tables.LABELS)
    assert np.diff(lightness).min() >= 8


@both_modes
@pytest.mark.parametrize("sight", SIGHT)
def test_the_labels_stay_apart_for_the_colour_blind(mode, sight):
    palette = style.LOOKS[mode].palette
    seen = [_lab(np.array(SIGHT[sight]) @ _linear(palette[x])) for x in tables.LABELS]
    apart = [np.linalg.norm(one - other) for one, other in itertools.combinations(seen, 2)]
    assert min(apart) >= 15


@pytest.mark.parametrize("label", [*MAIN_LABELS, "place_institution"])
def test_a_category_keeps_its_hue_and_its_rank_in_the_dark(label):
    light, dark = (style.LOOKS[mode] for mode in ("light", "dark"))
    turn = _hue(light.palette[label]) - _hue(dark.palette[label])
    assert abs((turn + 180) % 360 - 180) <= 25
    for other in MAIN_LABELS:
        lighter = _lab(_linear(light.palette[other]))[0] - _lab(_linear(light.palette[label]))[0]
        darker = _lab(_linear(dark.palette[other]))[0] - _lab(_linear(dark.palette[label]))[0]
        assert lighter * darker <= 0 or "place_institution" in (label, other)


def test_colours_are_those_of_the_mode_in_force():
    light = {name: getattr(style, name) for name in style.colours.NAMES}
    style.set_theme(mode="dark")
    assert style.colour_of("prevention") == style.LOOKS["dark"].palette["prevention"]
    assert plt.rcParams["figure.facecolor"] == style.GROUND == style.LOOKS["dark"].ground
    assert plt.rcParams["text.color"] == style.INK
    assert all(getattr(style, name) != colour for name, colour in light.items())
    style.set_theme()
    assert {name: getattr(style, name) for name in light} == light


@both_modes
@pytest.mark.parametrize("label", style.LABEL_NAMES)
@pytest.mark.parametrize("share", [0.1, 0.35, 0.45, 0.65])
def test_pale_marks_are_seen_in_the_dark_and_paler_than_their_colour(mode, label, share):
    style.set_theme(mode=mode)
    full = style.contrast(style.colour_of(label), style.GROUND)
    thinned = style.contrast(style.pale(style.colour_of(label), share), style.GROUND)
    assert thinned < full
    if mode == "dark":
        assert thinned >= 3


def test_contrast_is_that_of_wcag():
    # The grey of WebAIM's example, 4.54:1 on white.
    assert style.contrast("#767676", "white") == pytest.approx(4.54, abs=0.005)
    assert style.contrast("white", "#767676") == style.contrast("#767676", "white")


def test_a_colour_that_is_not_there_is_no_attribute():
    with pytest.raises(AttributeError, match="style has no 'YELLOW'"):
        style.YELLOW  # noqa: B018


def test_every_label_and_category_has_colour_code_and_names():
    palettes = [look.palette for look in style.LOOKS.values()]
    for names in (*palettes, style.LABEL_NAMES, style.LABEL_CODES):
        assert set(names) == {*tables.LABELS, *tables.CATEGORIES, "other"}
    codes = [style.LABEL_CODES[label] for label in tables.LABELS]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize(
    ("language", "name"),
    [("both", "coupling 统筹兼顾"), ("en", "coupling"), ("zh", "统筹兼顾")],
)
def test_label_names_in_both_languages(language, name):
    assert style.label_name("coupling", language=language) == name


@pytest.mark.parametrize(
    ("theme", "name"),
    [
        ({}, "coupling 统筹兼顾"),
        ({"labels": "zh"}, "coupling 统筹兼顾"),
        ({"labels": "en"}, "coupling"),
        ({"language": "zh"}, "统筹兼顾"),
        ({"language": "zh", "labels": "en"}, "统筹兼顾"),
    ],
)
def test_label_names_follow_the_theme(theme, name):
    style.set_theme(**theme)
    assert style.label_name("coupling") == name


def test_a_label_name_on_two_lines():
    assert style.label_name("coupling", two_lines=True) == "coupling\n统筹兼顾"


@pytest.mark.parametrize("label", [["prevention"], {"a": 1}, None, float("nan"), 5])
def test_what_is_no_label_is_named(label):
    for ask in (style.colour_of, style.label_name):
        with pytest.raises(ValueError, match="there is no colour for .*; the labels"):
            ask(label)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("directive 2", "指示二"), ("directive {n}", "directive {n}"),
        ("directive 2 3", "directive 2 3"), ("{0}", "{0}"), ("title", "标题"), ("杂", "杂"),
        ("Shanghai", "上海"), ("China, strictest place", "中国最严地区"),
    ],
)  # fmt: skip
def test_parts_and_places_are_named_in_the_language_in_force(value, name):
    style.set_theme(language="zh")
    expected = style.say("directive {n}", n=2) if value == "directive 2" else name
    assert style.name_value(value) == expected


def test_an_unknown_label_is_named():
    with pytest.raises(ValueError, match="no colour for 'prevent'; .*prevention"):
        style.label_name("prevent")


# --- glosses ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("term", "options", "label"),
    [
        ("隔离", {}, "隔离 isolation"),
        ("隔离", {"language": "zh"}, "隔离"),
        ("24", {}, "24"),
        ("24", {"two_lines": True}, "24"),
        ("24", {"language": "pinyin"}, "24"),
        ("隔离", {"language": "en"}, "isolation"),
        ("隔离", {"two_lines": True}, "隔离\nisolation"),
        ("疫情防控", {}, "疫情防控 epidemic prevention and control"),
        ("毫不放松", {}, "毫不放松 keep up control without the least…"),
        ("四早", {}, "四早 four earlies: detect, report…"),
        ("疫情", {}, "疫情 (no gloss)"),
        ("疫情", {"language": "en"}, "疫情 (no gloss)"),
        ("空", {}, "空 (no gloss)"),
        ("隔离", {"language": "pinyin"}, "隔离 gélí isolation"),
        ("隔离", {"language": "pinyin", "two_lines": True}, "隔离 gélí\nisolation"),
        ("四早", {"language": "pinyin"}, "四早 four earlies: detect, report…"),
        ("空", {"language": "pinyin"}, "空 kōng (no gloss)"),
    ],
)
def test_gloss_labels(term, options, label):
    assert style.gloss_labels([term], GLOSSARY, **options) == [label]


@pytest.mark.parametrize(
    ("labels", "label"),
    [("zh", "隔离"), ("en", "isolation"), ("both", "隔离 isolation"),
     ("pinyin", "隔离 gélí isolation")],
)  # fmt: skip
def test_glosses_follow_the_theme(labels, label):
    style.set_theme(labels=labels)
    assert style.gloss_labels(["隔离"], GLOSSARY) == [label]


def test_an_unglossed_term_is_marked_in_the_language_of_the_furniture():
    style.set_theme(language="zh")
    assert style.gloss_labels(["疫情"], GLOSSARY) == ["疫情 （无释义）"]


def test_a_gloss_is_cut_at_a_word_and_never_ends_in_a_small_one():
    long = pd.DataFrame({"term": ["一"], "gloss_en": ["guard against importation and rebound"]})
    assert style.gloss_labels(["一"], long, language="en") == ["guard against importation…"]
    unbroken = pd.DataFrame({"term": ["一"], "gloss_en": ["x" * 60]})
    assert style.gloss_labels(["一"], unbroken, language="en") == ["x" * 33 + "…"]


def test_without_a_glossary_the_terms_stay_as_they_are():
    assert style.gloss_labels(pd.Series(["隔离"]), None) == ["隔离"]


@pytest.mark.parametrize(
    ("glossary", "options", "message"),
    [
        (GLOSSARY.drop(columns="gloss_en"), {}, "no column 'gloss_en'"),
        (pd.concat([GLOSSARY, GLOSSARY.head(1)]), {}, "more than one row for 疫情防控"),
        ({"隔离": "isolation"}, {}, "glossary must be a pandas table, not dict; .*read_glossary"),
        ({"隔离": "isolation"}, {"language": "zh"}, "glossary must be a pandas table, not dict"),
        (GLOSSARY.assign(a="b").rename(columns={"a": "term"}), {}, "more than one column 'term'"),
        (GLOSSARY, {"language": "fr"}, "language is 'fr'; .*both, zh, en, pinyin"),
        (GLOSSARY.drop(columns="pinyin"), {"language": "pinyin"}, "no column 'pinyin'"),
    ],
)
def test_gloss_labels_refuses(glossary, options, message):
    with pytest.raises(ValueError, match=message):
        style.gloss_labels(["隔离"], glossary, **options)


@pytest.mark.parametrize("terms", ["隔离", None, 5])
@pytest.mark.parametrize("glossary", [GLOSSARY, None])
def test_a_bare_word_is_no_list_of_terms(terms, glossary):
    with pytest.raises(ValueError, match=f"terms is {terms!r}; it must be a list of terms"):
        style.gloss_labels(terms, glossary)


def test_a_list_is_no_term():
    with pytest.raises(ValueError, match=r"\['隔离'\] is no term"):
        style.gloss_labels([["隔离"]], GLOSSARY)


# --- characters without a glyph ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "lacking"),
    [("疫情\n防控", []), ("a\U00020000b\U00020000", ["\U00020000"]), ("", []), ("\t", ["\t"])],
)
def test_missing_glyphs(text, lacking):
    assert style.missing_glyphs(text) == lacking


def test_missing_glyphs_of_one_font_file():
    assert style.missing_glyphs("yì疫", DEJAVU) == ["疫"]


@pytest.mark.parametrize(
    ("text", "drawn", "said"),
    [
        ("疫\U00020000", "疫[hē]", r"𠀀 \(U\+20000\) as \[hē\].*COVID_POLICY_FONT"),  # extension B
        ("\U00020bb7", "[U+20BB7]", r"𠮷 \(U\+20BB7\) as \[U\+20BB7\]"),  # no reading known
        ("\ue000", "[U+E000]", r"unnamed character \(U\+E000\)"),  # private use, as in HKSCS
        ("a\u200fb", "a[U+200F]b", r"RIGHT-TO-LEFT MARK \(U\+200F\)"),
        ("\x07", "[U+0007]", r"\(U\+0007\)"),
    ],
)
def test_a_character_without_a_glyph_is_named_and_drawn_in_words(monkeypatch, text, drawn, said):
    monkeypatch.setattr(fonts, "_installed_families", dict)
    plt.rcParams["font.family"] = ["Noto Sans SC"]
    with pytest.warns(style.MissingGlyphWarning, match=said):
        assert style.drawable(text) == drawn


def test_a_control_character_is_not_the_fonts_fault():
    with pytest.warns(style.MissingGlyphWarning, match="no font draws .*Take them out") as said:
        assert style.drawable("a\x07b\ud800") == "a[U+0007]b[U+D800]"
    assert "COVID_POLICY_FONT" not in str(said[0].message)


@pytest.mark.parametrize("text", [None, 5, ["疫情"], b"a"])
def test_what_is_no_text_is_not_drawn(text):
    with pytest.raises(ValueError, match="is no text and cannot be written on a picture"):
        style.drawable(text)


def test_a_font_of_this_machine_that_holds_the_character_draws_it(monkeypatch):
    monkeypatch.setattr(fonts, "_installed_families", lambda: {"Symbola": DEJAVU})
    plt.rcParams["font.family"] = ["Noto Sans SC"]
    with pytest.warns(style.MissingGlyphWarning, match=r"😀 \(U\+1F600\) with Symbola"):
        assert style.drawable("疫😀") == "疫😀"
    assert plt.rcParams["font.family"] == ["Noto Sans SC", "Symbola"]


def test_one_font_file_is_asked_alone(monkeypatch):
    monkeypatch.setattr(fonts, "_installed_families", lambda: {"SimHei": style.font_path()})
    with pytest.warns(style.MissingGlyphWarning, match=r"疫 \(U\+75AB\) as \[yì\]"):
        assert style.drawable("疫", DEJAVU) == "[yì]"


@pytest.mark.parametrize("text", ["丂镕囧", "嘅嚟㗎咗", "〇", "שלום", "😀", "㐀"])
def test_rare_characters_the_fonts_hold_are_drawn_as_they_are(text):
    # GBK beyond GB2312, Big5-HKSCS, ideographic zero, Hebrew, emoji, extension A: a missing
    # glyph would warn, and warnings are errors here.
    assert style.drawable(text) == text
    figure, ax = plt.subplots()
    ax.set_title(text)
    figure.draw_without_rendering()


def test_chinese_without_the_theme_is_an_error_not_squares():
    with plt.rc_context({"font.family": ["DejaVu Sans"]}):
        with pytest.raises(style.ThemeNotSetError, match=r"call style.set_theme\(\) first"):
            style.drawable("疫情")
        assert style.drawable("epidemic") == "epidemic"


# --- titles and captions ----------------------------------------------------------------------


def test_the_title_is_flush_with_the_row_names_and_broken_to_the_chart():
    ax = style.new_axes(rows=3)
    ax.set_yticks([0, 1], ["经济社会发展 economic and social development", "隔离"])
    title = style.set_title(ax, "统筹推进疫情防控和经济社会发展 " * 6)
    ax.figure.draw_without_rendering()
    box, chart = title.get_window_extent(), ax.get_tightbbox()
    names = ax.yaxis.get_ticklabels()[0].get_window_extent()
    assert title.get_text().count("\n") >= 1
    assert box.x0 == pytest.approx(names.x0, abs=4)
    assert box.x1 <= chart.x1 + 1
    assert ax.get_title(loc="left") == title.get_text()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda ax: style.set_title(ax, "  "), "title is '  '; it must be text"),
        (lambda ax: style.set_title(ax, None), "title is None; it must be text"),
        (lambda ax: style.set_title(ax.figure, "a"), "ax is of type Figure; a title stands"),
        (lambda ax: style.caption(None, "a"), "where is None; a caption stands under a figure"),
        (lambda ax: style.caption("a", "a"), "where is 'a'; a caption stands under a figure"),
        (lambda ax: style.caption(ax, None), "the caption is None; it must be text"),
        (lambda ax: style.axes_for(ax.figure, rows=2), "ax is of type Figure; it must be the Axes"),
        (lambda ax: style.axes_for(None, rows=2, title=5), "title is 5; it must be text"),
    ],
)
def test_titles_captions_and_axes_of_the_wrong_kind_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call(style.new_axes(rows=2))


def test_the_caption_stands_below_everything_and_is_replaced():
    ax = style.new_axes(rows=2)
    ax.set_xlabel("mentions")
    style.caption(ax, "first")
    line = style.caption(ax.figure, "Source: Guangzhou, n = 1,080 Han characters. " * 4)
    ax.figure.draw_without_rendering()
    below, axes = line.get_window_extent(), ax.get_tightbbox()
    assert below.y1 <= axes.y0
    assert below.y0 >= 0
    assert below.x1 <= ax.figure.bbox.x1
    assert ax.figure.get_supxlabel() == line.get_text()
    assert "first" not in line.get_text()


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("short", "short"),
        ("one two three", "one two\nthree"),
        ("疫情防控疫情防控", "疫情防控\n疫情防控"),
        ("kept\nbreak", "kept\nbreak"),
        ("疫情防控，复工", "疫情防\n控，复工"),
        ("疫情防（控）复", "疫情防\n（控）复"),
        ("", ""),
    ],
)
def test_wrap_text(text, lines):
    assert style.wrap_text(text, 45, size=11) == lines


def test_wrapped_text_unwraps_to_what_it_was():
    text = "统筹推进疫情防控和经济社会发展 is said five times, 复工复产 three"
    wrapped = style.wrap_text(text, 80, size=11)
    assert "\n" in wrapped
    assert style.unwrap_text(wrapped) == text
