"""The grid of repairs and the summary page."""

import io

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.text import Text

from helpers import clean, compare, draw, lexicon, style


@pytest.fixture(autouse=True)
def themed(theme):
    yield
    plt.close("all")


def report_of(*texts: str) -> pd.DataFrame:
    documents = pd.DataFrame(
        {"doc_id": [f"d{i}" for i in range(len(texts))], "raw_text": list(texts)}
    )
    return clean.repair_report(documents)


def written(ax) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_every_count_stands_in_its_cell_and_unused_kinds_are_named():
    ax = draw.plot_repairs(
        report_of("強(qiáng)化擔(dān)當(dāng),發(fā)展", "疫情防控", "２０２０年锟斤拷")
    )
    assert [label.get_text() for label in ax.get_yticklabels()] == ["d0", "d1", "d2"]
    columns = [label.get_text().replace("\n", " ") for label in ax.get_xticklabels()]
    assert columns == [
        "full or half width",
        "pinyin insertions",
        "traditional characters",
        "ASCII commas",
        "lost, not repaired",
    ]
    cells = {
        (round(t.get_position()[0]), round(t.get_position()[1])): t.get_text() for t in ax.texts
    }
    assert cells == {(1, 0): "4", (2, 0): "4", (3, 0): "1", (0, 2): "1", (4, 2): "1"}
    assert "html residue" in ax.get_xlabel()
    assert ax.get_title(loc="left") == "2 of 3 documents needed repair"


def test_documents_without_any_repair_are_drawn_too():
    ax = draw.plot_repairs(report_of("疫情防控", "复工复产"))
    assert written(ax) == [] and ax.get_title(loc="left") == "0 of 2 documents needed repair"


def test_of_many_documents_the_thirty_most_repaired_are_shown_in_their_order():
    ax = draw.plot_repairs(report_of(*("防\u200b" * (n % 40) + "控" for n in range(50))))
    shown = [label.get_text() for label in ax.get_yticklabels()]
    assert len(shown) == 30 and shown == sorted(shown, key=lambda name: int(name[1:]))
    assert "d39" in shown and "d0" not in shown


def test_a_long_name_is_shortened_in_its_middle():
    report = report_of("防\u200b控").assign(doc_id="很长的文件名" * 30 + "尾")
    (label,) = draw.plot_repairs(report).get_yticklabels()
    assert (
        "…" in label.get_text() and label.get_text().endswith("尾") and len(label.get_text()) < 60
    )


def test_a_table_that_is_no_report_names_the_room():
    with pytest.raises(ValueError, match="clean.repair_report"):
        draw.plot_repairs(pd.DataFrame({"doc_id": ["a"]}))


@pytest.fixture
def tables(sentences, clauses, hits):
    labels = compare.label_units(clauses, hits)
    return {
        "terms": pd.DataFrame({"feature": ["疫情防控", "复工复产"], "n": [9, 3]}),
        "rates": compare.bootstrap_rates(
            hits, sentences, terms=["疫情防控", "复工复产"], n_resamples=200
        ),
        "label_counts": compare.count_labels(labels),
        "shares": compare.bootstrap_share(labels, resample="clause_id", n_resamples=200).assign(
            unit="clauses"
        ),
    }


def test_the_page_holds_the_facts_and_four_charts(tables):
    glossary = lexicon.read_glossary(lexicon.read_lexicon())
    page = draw.draw_summary_page(
        {"Documents": "1 读", "Not read": "scan.pdf"}, title="One page", glossary=glossary, **tables
    )
    assert len(page.get_axes()) == 5
    assert page.get_axes()[0].texts[0].get_text() == "Documents: 1 读\nNot read: scan.pdf"
    assert all(ax.get_title(loc="left") for ax in page.get_axes()[1:])
    page.draw_without_rendering()  # a layout that collapses warns, and a warning fails here


def test_the_page_is_the_same_each_time_and_nothing_leaves_it(tables):
    pages = [
        draw.draw_summary_page({"Documents": "3"}, title="One page", **tables) for _ in range(2)
    ]
    for page in pages:
        style.caption(page, "八份文件 of a constructed folder; 10,000 draws. " * 3)
        page.draw_without_rendering()
    for _ in range(2):  # a layout that comes back with the first file warns with the second
        pages[0].savefig(io.BytesIO(), format="svg")
    places = [[ax.get_position().bounds for ax in page.axes] for page in pages]
    assert places[0] == places[1], "the files would differ from run to run"
    boxes = [ax.get_tightbbox() for ax in pages[0].axes]
    assert all(box.x0 >= 0 and box.x1 <= pages[0].bbox.width + 1 for box in boxes)
    assert all(above.y0 > below.y1 for above, below in zip(boxes, boxes[1:], strict=False))
    titles = [
        text.get_window_extent().x0
        for ax in pages[0].axes[1:]
        for text in ax.findobj(Text)
        if text.get_text() and text.get_text() == ax.get_title(loc="left")
    ]
    assert len(titles) == 4 and max(titles) - min(titles) < 1


def test_the_bars_of_the_page_count_clauses(tables):
    page = draw.draw_summary_page({"a": "b"}, title="t", **tables)
    assert page.axes[3].get_xlabel().startswith("clauses")


def test_a_missing_table_leaves_a_line_that_says_so(tables):
    page = draw.draw_summary_page(
        {"a": "b"}, title="t", **(tables | {"rates": None, "shares": None})
    )
    said = [text for ax in page.get_axes() for text in written(ax)]
    assert any(text.startswith("Two languages: no term") for text in said)
    assert any(text.startswith("Balance: no clause") for text in said)


def test_what_the_font_lacks_is_spelled_out(tables):
    with pytest.warns(style.MissingGlyphWarning, match="U\\+E000"):
        page = draw.draw_summary_page({"Odd": "\ue000"}, title="t", **tables)
    assert "[U+E000]" in page.get_axes()[0].texts[0].get_text()
