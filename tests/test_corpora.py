import errno
import gzip
import hashlib
import http.server
import io
import os
import socket
import threading
import time
from pathlib import Path

import pandas as pd
import pytest
import requests
from tqdm import tqdm

from helpers import clean, corpora, paths, segment
from helpers.reading.corpora import cards, downloading, fetching, parsing
from helpers.tables import COLUMNS

NAMES = ["cctv_weibo_2020", "xinwen_lianbo_2022", "work_reports", "oxcgrt", "cases"]
HEAD = "pub_time,weibo_content,forward,comment,like,weibo_url,weibo_topic\n"


# --- cards --------------------------------------------------------------------------------


def test_every_corpus_has_a_whole_card():
    table = corpora.list_corpora()
    assert table["name"].tolist() == NAMES
    assert set(COLUMNS["corpora"]) <= set(table.columns)
    assert table["kind"].isin(["documents", "series"]).all()
    for column in ("title", "what", "address", "commit", "licence", "rights", "defects", "folder"):
        assert (table[column].str.len() >= 5).all(), column
    assert table["commit"].str.fullmatch(r"[0-9a-f]{40}").all()
    for card in table.itertuples():
        assert card.commit in card.address


def test_the_files_of_a_corpus_are_pinned():
    for name in NAMES:
        files = corpora.read_files(name)
        assert (
            len({file.file for file in files}) == len(files) == corpora.read_card(name)["n_files"]
        )
        assert all(len(file.sha256) == 64 and file.n_bytes > 0 for file in files)
    assert [file.file for file in corpora.read_files("cctv_weibo_2020")] == [
        f"sina_cctv_list_{number}.csv" for number in range(1, 12)
    ]


@pytest.mark.parametrize("name", ["cctv", "", None, 3, ["cases"]])
def test_an_unknown_corpus_is_refused_with_the_names(name):
    for ask in (corpora.fetch, corpora.read_card, corpora.read_files):
        with pytest.raises(corpora.CorpusError, match="unknown corpus .*cctv_weibo_2020"):
            ask(name)


def test_a_card_may_be_changed_without_harm():
    table = corpora.list_corpora()
    table.loc[0, "name"] = "changed"
    assert corpora.list_corpora()["name"].tolist() == NAMES


# --- posts --------------------------------------------------------------------------------


def post(
    day: str = "2月26日 09:00", text: str = "有序复工复产", url: str = "https://e.org/a"
) -> str:
    return f'"{day}","{text}",3.0,0.0,14333.0,{url},#复工#\n'


def read_posts(*rows: str, **files: str) -> pd.DataFrame:
    named = {f"{name}.csv": HEAD + content for name, content in files.items()}
    return corpora.parse_posts(named or {"list_1.csv": HEAD + "".join(rows)}, year=2020)


def test_a_post_becomes_a_document():
    row = read_posts(post(url="https://e.org/a?from=page&x=1")).iloc[0]
    assert list(row.index) == [
        *COLUMNS["documents"], "cut", "n_rows", "n_forwards", "n_comments", "n_likes",
    ]  # fmt: skip
    assert row["doc_id"] == "list_1#0"
    assert (row["title"], row["source"]) == ("复工", "https://e.org/a")
    assert (row["raw_text"], row["text"], row["n_han"]) == ("有序复工复产", "", 0)
    assert (row["n_forwards"], row["n_comments"], row["n_likes"]) == (3, 0, 14333)
    assert (row["script"], row["cut"], row["n_rows"]) == ("simplified", False, 1)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("5月31日 23:54", "2020-05-31"),
        ("2月29日 00:00", "2020-02-29"),
        ("1月1日 06:38            \t       已编辑", "2020-01-01"),
        ("2月3日 01:13,2月2日 00:16\n    \t   已编辑", "2020-02-03"),
    ],
)
def test_a_date_without_a_year_is_of_the_year_given(written, day):
    row = read_posts(post(written)).iloc[0]
    assert row["date"] == pd.Timestamp(day)
    assert row["date_basis"] == "column, year given"


@pytest.mark.parametrize("written", ["2月30日 09:00", "13月1日 09:00", "刚刚", "", "昨天 09:00"])
def test_what_is_no_day_is_named_with_its_row(written):
    with pytest.raises(corpora.CorpusError, match=r"row 1 of list_1\.csv has the date"):
        read_posts(post(url="https://e.org/b"), post(written))


@pytest.mark.parametrize("count", ["3.5", "", "1万+", "-1", "nan"])
def test_what_is_no_count_is_named_with_its_row(count):
    with pytest.raises(corpora.CorpusError, match=r"row 0 of list_1\.csv has .* in like"):
        read_posts(post().replace("14333.0", count))


@pytest.mark.parametrize(
    ("text", "kept", "cut"),
    [
        ("要求做好 \u200b\u200b\u200b...展开全文", "要求做好", True),
        ("要求做好\xa0\xa0\u200b...展开全文", "要求做好", True),
        ("要求做好...展开全文 ", "要求做好", True),
        ("点“展开全文”可看。", "点“展开全文”可看。", False),
        ("要求做好...", "要求做好...", False),
        ("\u200b要求\u200b\u200b", "\u200b要求\u200b\u200b", False),
    ],
)
def test_a_post_cut_by_the_site_keeps_its_words_and_is_marked(text, kept, cut):
    row = read_posts(post(text=text)).iloc[0]
    assert (row["raw_text"], row["cut"]) == (kept, cut)


def test_a_post_that_stands_there_twice_comes_once_and_says_so():
    posts = read_posts(
        post(url="https://e.org/a"), post(url="https://e.org/b"), post(url="https://e.org/a")
    )
    assert posts["doc_id"].tolist() == ["list_1#0", "list_1#1"]
    assert posts["n_rows"].tolist() == [2, 1]


def test_two_posts_with_the_same_words_are_two():
    assert len(read_posts(post(url="https://e.org/a"), post(url="https://e.org/b"))) == 2


def test_of_overlapping_files_the_first_by_name_keeps_the_post_and_the_order_is_theirs():
    posts = read_posts(
        list_2=post(url="https://e.org/a") + post(url="https://e.org/b"),
        list_10=post(url="https://e.org/b") + post(url="https://e.org/c"),
    )
    assert posts["doc_id"].tolist() == ["list_2#0", "list_10#0", "list_10#1"]
    assert posts["n_rows"].tolist() == [1, 2, 1]


def test_a_table_of_posts_without_its_columns_is_refused():
    with pytest.raises(corpora.CorpusError, match=r"a\.csv has no column pub_time, .*weibo_url"):
        corpora.parse_posts({"a.csv": "weibo_content\n要求\n"}, year=2020)
    with pytest.raises(corpora.CorpusError, match=r"a\.csv cannot be read as csv"):
        corpora.parse_posts({"a.csv": ""}, year=2020)


# --- broadcasts ---------------------------------------------------------------------------

OLDER = """# 新闻联播 2020-02-26

- 数据源：示例
- 新闻条数：2

## 本期节目主要内容

本期节目主要内容：1.甲市：严抓防控；2.快讯。

## 1. 甲市：严抓防控

央视网消息（新闻联播）：甲市严抓防控。
有序复工。

> 原文：http://example.org/1.shtml

## 2. 快讯

央视网消息（新闻联播）：
乙市开工
今天开工。

> 原文：http://example.org/2.shtml
"""

NEWER = """# 《新闻联播》（20220401）

## 新闻摘要

本期节目主要内容：

1.甲市：严抓防控；

2.快讯。（《新闻联播》 20220401 19:00）

[查看原文](https://example.org/0.shtml)

## 详细新闻

### 甲市：严抓防控

<!--repaste.body.begin-->

**央视网消息**（新闻联播）：甲市严抓防控。

有序复工。

<!--repaste.body.end-->

[查看原文](https://example.org/1.shtml)

### 快讯

**央视网消息（**新闻联播）：

**乙市开工**

今天开工，见M\\*号文。

[查看原文](https://example.org/2.shtml)

### TITLE NOTFOUND

CONTENT NOTFOUND

[查看原文](https://example.org/3.shtml)

### 只有标题

[查看原文](https://example.org/4.shtml)

---

更新时间：2023-09-04T14:24:10.232Z
"""


def test_both_layouts_give_the_same_items():
    older = corpora.parse_broadcast(OLDER, "20200226")
    newer = corpora.parse_broadcast(NEWER, "20220401")
    assert older["doc_id"].tolist() == ["20200226#1", "20200226#2"]
    assert older["raw_text"].tolist() == [
        "甲市：严抓防控\n\n甲市严抓防控。\n有序复工。",
        "快讯\n\n乙市开工\n今天开工。",
    ]
    assert newer["raw_text"].tolist() == [
        "甲市：严抓防控\n\n甲市严抓防控。\n\n有序复工。",
        "快讯\n\n乙市开工\n\n今天开工，见M*号文。",
        "TITLE NOTFOUND",
        "只有标题",
    ]
    assert newer["title"].tolist() == ["甲市：严抓防控", "快讯", "", "只有标题"]
    assert older["source"].tolist() == [f"http://example.org/{n}.shtml" for n in (1, 2)]
    assert newer["source"].tolist() == [f"https://example.org/{n}.shtml" for n in (1, 2, 3, 4)]
    assert older["date"].tolist() == [pd.Timestamp("2020-02-26")] * 2
    assert not older["cut"].any()


def test_an_item_without_words_stays_and_is_marked():
    items = corpora.parse_broadcast(NEWER, "20220401")
    assert items["cut"].tolist() == [False, False, True, True]
    assert items["n_rows"].tolist() == [1, 1, 1, 1]


def test_line_ends_of_windows_change_nothing():
    for page, day in ((NEWER, "20220401"), (OLDER, "20200226")):
        pd.testing.assert_frame_equal(
            corpora.parse_broadcast(page.replace("\n", "\r\n"), day),
            corpora.parse_broadcast(page, day),
        )


def test_a_page_without_items_and_a_wrong_day_are_refused():
    with pytest.raises(corpora.CorpusError, match="2022-04-01 has no item"):
        corpora.parse_broadcast("## 新闻摘要\n1.要闻；\n", "20220401")
    with pytest.raises(corpora.CorpusError, match="no day of a broadcast"):
        corpora.parse_broadcast(NEWER, "20221341")


# --- work reports -------------------------------------------------------------------------


def report(title: str, content: str, year: str = "null") -> str:
    content = content.replace("\n", "\\n")
    return f'{{"title": "{title}", "url": "u", "content": "{content}", "year": {year}}}\n'


@pytest.mark.parametrize(
    ("title", "content", "year", "day", "basis"),
    [
        ("2019年某国政府工作报告", "各位代表：", "2019", "2019-01-01", "year only"),
        ("2019年某国政府工作报告", "各位代表：", "null", "2019-01-01", "year only"),
        ("第十三届会议关于政府工作报告的决议", "会议听取了2020年的报告。", "null", None, "no year"),
        ("关于政府工作报告的决议", "决议\n\n（2020年5月28日第三次会议通过）\n\n会议", "null", "2020-05-28", "header"),
        ("2022年政府工作报告", "报告\n——2022年3月5日在第五次会议上\n", "2022", "2022-03-05", "header"),
        ("2022年政府工作报告", "2021年12月31日以来，各位代表：", "2022", "2022-01-01", "year only"),
        ("2022年政府工作报告", "开头。" * 200 + "\n（2019年3月5日通过）", "2022", "2022-01-01", "year only"),
        ("关于政府工作报告的决议", "（2020年2月30日第三次会议通过）", "null", None, "no year"),
    ],
)  # fmt: skip
def test_a_report_is_dated_by_its_header_its_year_or_not_at_all(title, content, year, day, basis):
    row = corpora.parse_reports(report(title, content, year), "r.jsonl").iloc[0]
    assert pd.isna(row["date"]) if day is None else row["date"] == pd.Timestamp(day)
    assert row["date_basis"] == basis
    assert row["issuer"] == ("全国人民代表大会" if title.endswith("决议") else "国务院")


def test_the_notice_of_the_library_is_no_part_of_a_report():
    notice = "\n\n\n本作品来自\n中华人民共和国法律\n。属于\n公有领域\n。\n\nPublic domain\nfalse"
    text = "本作品是什么？\n各位代表，防控有力。"
    rows = corpora.parse_reports(
        report("2021年", text + notice) + report("2022年", text), "r.jsonl"
    )
    assert rows["raw_text"].tolist() == [text, text]
    assert rows["doc_id"].tolist() == ["r#0", "r#1"]


def test_zero_width_characters_and_torn_words_are_left_to_cleaning():
    raw = "各位\u200b代表：\n\n听取了政府工作报\n告。会议\u200d通过。"
    rows = corpora.parse_reports(report("2021年政府工作报告", raw), "r.jsonl")
    assert rows["raw_text"].iloc[0] == raw
    text = clean.clean_documents(rows)["text"].iloc[0]
    assert "\u200b" not in text and "\u200d" not in text
    assert "政府工作报告。会议通过" in text


@pytest.mark.parametrize("line", ["{", "[]", '{"title": "报告", "url": "", "year": 1}'])
def test_a_damaged_line_is_named(line):
    with pytest.raises(corpora.CorpusError, match=r"row 1 of r\.jsonl"):
        corpora.parse_reports(report("2021年", "各位代表") + line, "r.jsonl")


# --- series -------------------------------------------------------------------------------

INDEX = """CountryCode,RegionCode,RegionName,CityName,Jurisdiction,01Jan2020,02Jan2020
CHN,CHN_GD,Guangdong,,STATE_TOTAL,0,71.3
CHN,,,,NAT_TOTAL,11.11,
FRA,,,,NAT_TOTAL,1,2
"""
CASES = """date,countryCode,province,city,confirmed
2020-01-21,CN,,,5
2020-01-21,CN,广东省,,3
2020-01-21,CN,广东省,广州市,2
2020-01-22,CN,广东省,深圳市,9
2020-01-22,CN,,,4
2020-01-22,US,,,1
"""


def test_stringency_is_long_with_a_row_for_every_day():
    series = parsing.parse_stringency(INDEX, "i.csv")
    assert list(series.columns) == [*COLUMNS["series"], "code"]
    rows = series.astype({"date": str}).fillna(-1).values.tolist()
    assert rows == [
        ["stringency", "China, strictest place", "2020-01-01", 11.11, "CHN"],
        ["stringency", "China, strictest place", "2020-01-02", -1, "CHN"],
        ["stringency", "Guangdong", "2020-01-01", 0.0, "CHN_GD"],
        ["stringency", "Guangdong", "2020-01-02", 71.3, "CHN_GD"],
    ]


def test_cases_of_three_places_stay_cumulative():
    series = parsing.parse_cases(CASES, "c.csv")
    assert series[["place", "value"]].values.tolist() == [
        ["China", 5], ["China", 4], ["Guangdong", 3], ["Guangzhou", 2],
    ]  # fmt: skip
    assert (series["series"] == "confirmed").all()


def test_a_series_without_its_places_is_refused():
    with pytest.raises(corpora.CorpusError, match=r"c\.csv has no line of Guangzhou"):
        parsing.parse_cases(CASES.replace("广州市", "甲市"), "c.csv")
    with pytest.raises(corpora.CorpusError, match="no line of China"):
        parsing.parse_stringency(INDEX.replace("CHN,,,,NAT", "CHN,,,,STATE"), "i.csv")


# --- a mirror folder ----------------------------------------------------------------------

POSTS = {
    "list_1.csv": HEAD + post(url="https://e.org/a") + post(text="开学", url="https://e.org/b"),
    "list_2.csv": HEAD
    + "".join(post(text="防控" * 40, url=f"https://e.org/{n}") for n in range(400)),
}


@pytest.fixture
def pinned(monkeypatch, tmp_path) -> list[cards.PinnedFile]:
    """The posts of this file stand for cctv_weibo_2020, with a cache of their own."""
    contents = {name: text.encode("utf-8") for name, text in POSTS.items()}
    files = [
        cards.PinnedFile(name, len(content), hashlib.sha256(content).hexdigest())
        for name, content in contents.items()
    ]
    monkeypatch.setattr(fetching, "read_files", lambda name: files)
    monkeypatch.setattr(fetching, "CACHE_OF_CORPORA", tmp_path / "cache")
    monkeypatch.delenv(fetching.MIRROR_VARIABLE, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return files


@pytest.fixture
def copies(tmp_path) -> Path:
    folder = tmp_path / "mirror" / "cctv_weibo_2020"
    folder.mkdir(parents=True)
    for name, text in POSTS.items():
        (folder / name).write_bytes(text.encode("utf-8"))
    return folder


def fetch(**options) -> pd.DataFrame:
    return corpora.fetch("cctv_weibo_2020", **options)


def test_a_mirror_is_read_where_it_lies(pinned, copies, monkeypatch):
    monkeypatch.setattr(fetching, "download_files", None)
    whole = fetch(mirror=copies.parent)
    assert len(whole) == 402
    pd.testing.assert_frame_equal(fetch(mirror=str(copies)), whole)
    assert not fetching.CACHE_OF_CORPORA.exists()


def test_the_environment_names_a_mirror_too(pinned, copies, monkeypatch):
    monkeypatch.setenv(fetching.MIRROR_VARIABLE, str(copies.parent))
    assert len(fetch()) == 402
    monkeypatch.setenv(fetching.MIRROR_VARIABLE, str(copies / "nowhere"))
    with pytest.raises(
        corpora.CorpusError, match=f"environment variable {fetching.MIRROR_VARIABLE}"
    ):
        fetch()
    assert len(fetch(mirror=copies)) == 402


@pytest.mark.parametrize("mirror", ["", "nowhere", 3])
def test_a_mirror_that_is_no_folder_is_named(pinned, mirror):
    with pytest.raises(corpora.CorpusError, match="given by mirror, is no folder"):
        fetch(mirror=mirror)


def test_a_mirror_without_a_file_is_named(pinned, copies):
    (copies / "list_2.csv").unlink()
    with pytest.raises(corpora.CorpusError, match=r"cctv_weibo_2020 does not hold list_2\.csv"):
        fetch(mirror=copies.parent)


def test_a_changed_copy_is_refused_with_both_hashes_and_left_alone(pinned, copies):
    changed = POSTS["list_2.csv"].replace("防控", "复工", 1).encode("utf-8")
    (copies / "list_2.csv").write_bytes(changed)
    with pytest.raises(corpora.CorpusError, match=r"list_2\.csv is not the pinned file") as error:
        fetch(mirror=copies)
    assert hashlib.sha256(changed).hexdigest() in str(error.value)
    assert pinned[1].sha256 in str(error.value)
    assert (copies / "list_2.csv").read_bytes() == changed


def test_a_mirror_and_an_address_are_one_too_many(pinned, copies):
    with pytest.raises(corpora.CorpusError, match="not both"):
        fetch(mirror=copies, address="http://127.0.0.1:1")


# --- a served copy ------------------------------------------------------------------------


class Shelf(http.server.BaseHTTPRequestHandler):
    """Serves POSTS as the server's options say: with ranges or not, cut, changed, packed, late."""

    def do_GET(self):
        options = self.server.options
        self.server.asked.append((self.path, self.headers.get("Range")))
        name = self.path.rpartition("/")[2]
        if "status" in options or name not in POSTS:
            self.send_error(options.get("status", 404))
            return
        content = options.get("content", POSTS[name].encode("utf-8"))
        start = 0
        if self.path.count("again/") < options.get("redirect", 0) or "location" in options:
            self.send_response(302)
            again = f"{self.path.rpartition('/')[0]}/again/{name}"
            self.send_header("Location", options.get("location", again))
            self.end_headers()
            return
        if "encoding" in options and not options.get("as_is"):
            content = gzip.compress(content)
        if "Range" in self.headers and options.get("ranges", True):
            start = int(self.headers["Range"].removeprefix("bytes=").rstrip("-"))
            if start >= len(content):
                self.send_error(416)
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        else:
            self.send_response(200)
        if "encoding" in options:
            self.send_header("Content-Encoding", options["encoding"])
        if options.get("length", True):
            self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        if options.get("hangs") and name == "list_2.csv":
            self.wfile.write(content[:5000])
            time.sleep(1)
            return
        self.wfile.write(content[start : options.get("cut_at", {}).get(name)])
        self.close_connection = True

    def log_message(self, *words):
        pass


@pytest.fixture
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shelf) as server:
        server.options, server.asked = {}, []
        server.address = f"http://127.0.0.1:{server.server_port}/posts"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def cached(name: str = "") -> Path:
    return fetching.CACHE_OF_CORPORA / "cctv_weibo_2020" / name


def names_in_cache() -> list[str]:
    return sorted(path.name for path in cached().iterdir())


def test_what_is_downloaded_is_kept_whole_and_not_fetched_again(pinned, server):
    first = fetch(address=server.address + "/")
    assert len(first) == 402
    assert names_in_cache() == list(POSTS)
    assert [path for path, _ in server.asked] == [f"/posts/{name}" for name in POSTS]
    pd.testing.assert_frame_equal(fetch(address=server.address), first)
    assert len(server.asked) == 2


def test_a_damaged_file_of_the_cache_is_fetched_again(pinned, server):
    fetch(address=server.address)
    cached("list_1.csv").write_bytes(b"damaged")
    assert len(fetch(address=server.address)) == 402
    assert [path for path, _ in server.asked[2:]] == ["/posts/list_1.csv"]


# Of what is cut, whole chunks stay; a server that says no length ends where it is cut.
@pytest.mark.parametrize(("length", "kept"), [(True, 4096), (False, 5000)])
def test_a_cut_download_says_so_and_continues(pinned, server, length, kept):
    server.options = {"cut_at": {"list_2.csv": 5000}, "length": length}
    said = rf"cut after {kept:,} of .* run it again: it contin"
    with pytest.raises(corpora.CorpusError, match=said):
        fetch(address=server.address)
    assert names_in_cache() == ["list_1.csv", "list_2.csv.part"]
    assert cached("list_2.csv.part").stat().st_size == kept
    server.options, server.asked[:] = {}, []
    assert len(fetch(address=server.address)) == 402
    assert server.asked == [("/posts/list_2.csv", f"bytes={kept}-")]
    assert names_in_cache() == list(POSTS)


@pytest.mark.parametrize("ranges", [True, False])
def test_the_bar_ends_where_the_files_end(pinned, server, monkeypatch, ranges):
    bars = []

    def keep(n_bytes):
        bars.append(tqdm(total=n_bytes, file=io.StringIO()))
        return bars[-1]

    monkeypatch.setattr(downloading, "_progress", keep)
    server.options = {"cut_at": {"list_2.csv": 5000}}
    with pytest.raises(corpora.CorpusError, match="cut"):
        fetch(address=server.address)
    server.options = {"ranges": ranges}
    fetch(address=server.address)
    assert [bar.total for bar in bars] == [sum(f.n_bytes for f in pinned), pinned[1].n_bytes]
    assert bars[1].n == bars[1].total


def test_a_server_without_ranges_is_read_from_the_start(pinned, server):
    server.options = {"cut_at": {"list_2.csv": 5000}}
    with pytest.raises(corpora.CorpusError, match="cut"):
        fetch(address=server.address)
    server.options = {"ranges": False}
    assert len(fetch(address=server.address)) == 402
    assert server.asked[-1][1] == "bytes=4096-"


@pytest.mark.parametrize("left", [b"", b"x" * 99, POSTS["list_1.csv"].encode(), b"x" * 99_999])
def test_whatever_was_left_of_a_download_comes_right_at_last(pinned, server, left):
    cached().mkdir(parents=True)
    cached("list_1.csv.part").write_bytes(left)
    if left == b"x" * 99:
        with pytest.raises(corpora.CorpusError, match="Run it again"):
            fetch(address=server.address)
    assert len(fetch(address=server.address)) == 402
    assert names_in_cache() == list(POSTS)
    # What was all there already is not asked for.
    is_whole = left == POSTS["list_1.csv"].encode()
    assert ("/posts/list_1.csv" in [path for path, _ in server.asked]) != is_whole


def test_a_part_that_is_longer_than_what_the_server_has_begins_anew(pinned, server):
    cached().mkdir(parents=True)
    cached("list_1.csv.part").write_bytes(b"x" * 100)
    server.options = {"content": b"short"}
    with pytest.raises(corpora.CorpusError, match=r"\(5 bytes read\)"):
        fetch(address=server.address)
    assert [asked for _, asked in server.asked] == ["bytes=100-", None]


@pytest.mark.parametrize("content", [b"<html>log in</html>", b"x" * 1_000_000])
def test_another_file_is_refused_with_both_hashes_and_removed(pinned, server, content):
    server.options = {"content": content}
    with pytest.raises(corpora.CorpusError, match=r"list_1\.csv gave another file") as error:
        fetch(address=server.address)
    assert pinned[0].sha256 in str(error.value)
    # Of a file that is too long no more is read than shows it.
    n_read = min(len(content), downloading._CHUNK)
    assert hashlib.sha256(content[:n_read]).hexdigest() in str(error.value)
    assert names_in_cache() == []


@pytest.mark.parametrize(
    ("status", "said"), [(404, "has no file at http.*HTTP 404"), (503, "refused http.*HTTP 503")]
)
def test_a_server_that_refuses_is_quoted(pinned, server, status, said):
    server.options = {"status": status}
    with pytest.raises(corpora.CorpusError, match=said + r"(?s:.*)mirror="):
        fetch(address=server.address)
    assert names_in_cache() == []


def test_no_network_is_said_with_the_cure(pinned):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        with pytest.raises(corpora.CorpusError, match="connect to the internet .* or give mirror="):
            fetch(address=f"http://127.0.0.1:{port}")
    assert names_in_cache() == []


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (requests.exceptions.SSLError(), "certificate"),
        (requests.exceptions.ReadTimeout(), "cannot be reached"),
        (requests.exceptions.TooManyRedirects(), "TooManyRedirects"),
    ],
)
def test_every_failure_of_the_network_becomes_a_sentence(pinned, monkeypatch, problem, said):
    def fail(*_, **__):
        raise problem

    monkeypatch.setattr(requests.Session, "get", fail)
    with pytest.raises(corpora.CorpusError, match=said):
        fetch()


@pytest.mark.parametrize("address", ["example.org", "ftp://example.org", "", 3])
def test_an_address_that_is_none_is_refused(pinned, address):
    with pytest.raises(corpora.CorpusError, match="address is"):
        fetch(address=address)


def test_a_full_disk_says_how_much_is_needed_and_keeps_what_there_is(pinned, server, monkeypatch):
    chunks = requests.Response.iter_content

    def fill(answer, size):
        if answer.url.endswith("list_2.csv"):
            yield next(chunks(answer, 1000))
            raise OSError(errno.ENOSPC, "No space left on device")
        yield from chunks(answer, size)

    monkeypatch.setattr(requests.Response, "iter_content", fill)
    n_bytes = sum(file.n_bytes for file in pinned)
    with pytest.raises(corpora.CorpusError, match=f"is full: up to {n_bytes:,} bytes are needed"):
        fetch(address=server.address)
    assert names_in_cache() == ["list_1.csv", "list_2.csv.part"]
    monkeypatch.undo()


def test_an_interruption_leaves_what_can_be_continued(pinned, server, monkeypatch):
    chunks = requests.Response.iter_content

    def interrupt(answer, size):
        yield next(chunks(answer, 10))
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(requests.Response, "iter_content", interrupt)
        with pytest.raises(KeyboardInterrupt):
            fetch(address=server.address)
    assert names_in_cache() == ["list_1.csv.part"]
    assert len(fetch(address=server.address)) == 402
    assert server.asked[1] == ("/posts/list_1.csv", "bytes=10-")


def test_a_folder_that_cannot_be_written_is_named(pinned, server, monkeypatch):
    fetching.CACHE_OF_CORPORA.write_text("a file in the folder's place", encoding="utf-8")
    with pytest.raises(corpora.CorpusError, match="cannot be used .* read and written"):
        fetch(address=server.address)

    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied", str(cached()))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(corpora.CorpusError, match="Permission denied"):
        fetch(address=server.address)


def test_a_cached_file_that_cannot_be_read_is_named(pinned, server, monkeypatch):
    fetch(address=server.address)

    def refuse(path):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(corpora.CorpusError, match=r"list_1\.csv cannot be used"):
        fetch(address=server.address)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1/{x}", "http://[::1", "http://a b", "http://"]
)
def test_an_odd_address_is_a_sentence_too(pinned, address):
    with pytest.raises(corpora.CorpusError, match="cannot be"):
        fetch(address=address)


def test_importing_and_listing_open_no_connection(monkeypatch):
    monkeypatch.setattr(socket.socket, "connect", None)
    assert len(corpora.list_corpora()) == len(NAMES)


def test_the_cache_is_a_folder_that_git_ignores():
    ignored = (paths.PROJECT / ".gitignore").read_text("utf-8").split()
    top = fetching.CACHE_OF_CORPORA.relative_to(paths.PROJECT).parts[0]
    assert f"{top}/" in ignored


# --- hostile input ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parse", "message"),
    [
        (lambda: corpora.parse_posts(None, year=2020), "give the files as name -> text"),
        (lambda: corpora.parse_posts({}, year=2020), "give the files as name -> text"),
        (lambda: corpora.parse_posts({"a.csv": b"x"}, year=2020), "a.csv must be text, not bytes"),
        (lambda: corpora.parse_posts({3: HEAD}, year=2020), "name of a file must be text"),
        (lambda: corpora.parse_posts({"a.csv": HEAD + post()}, year=None), "year is None"),
        (lambda: corpora.parse_posts({"a.csv": HEAD + post()}, year="2020"), "year is '2020'"),
        (lambda: corpora.parse_posts({"a.csv": HEAD + post()}, year=True), "year is True"),
        (lambda: corpora.parse_posts({"a.csv": HEAD + post()}, year=10**30), "year is 1000"),
        (lambda: read_posts(post(url=""), post(url="")), r"row 0 of list_1\.csv has no weibo_url"),
        (lambda: read_posts(post(text="\ud800")), "cannot be read as csv"),
        (lambda: read_posts(post().replace("14333.0", "9" * 30)), "which is no count"),
        (lambda: read_posts(post().replace("14333.0", "３")), "which is no count"),
        (lambda: corpora.parse_broadcast(None, "20220401"), "the broadcast must be text"),
        (lambda: corpora.parse_broadcast("### 一", None), "None is no day of a broadcast"),
        (lambda: corpora.parse_broadcast("### 一", ""), "'' is no day of a broadcast"),
        (lambda: corpora.parse_broadcast("### 一", pd.NaT), "NaT is no day of a broadcast"),
        (lambda: corpora.parse_broadcast("### 一", "２０２２0401"), "is no day of a broadcast"),
        (lambda: parsing.parse_broadcasts({"20220401.md": None}), "20220401.md must be text"),
        (lambda: corpora.parse_reports(b"{}", "r.jsonl"), "r.jsonl must be text, not bytes"),
        (lambda: corpora.parse_reports("{}", None), "the name of the file must be text"),
        (lambda: corpora.parse_reports("[" * 100_000, "r.jsonl"), "row 0 of r.jsonl is no JSON"),
        (lambda: corpora.parse_reports(report("", "", "[1]"), "r"), r"has the year \[1\]"),
        (lambda: corpora.parse_reports(report("", "", "2020.7"), "r"), "has the year 2020.7"),
        (lambda: corpora.parse_reports(report("", "", "true"), "r"), "has the year True"),
        (lambda: corpora.parse_reports(report("", "", "1e999"), "r"), "has the year inf"),
        (lambda: corpora.parse_reports(report("", "", "99999"), "r"), "has the year 99999"),
        (lambda: parsing.parse_stringency(None, "i.csv"), "i.csv must be text"),
        (lambda: parsing.parse_stringency(INDEX.replace("71.3", "x"), "i.csv"), "value 'x'"),
        (lambda: parsing.parse_stringency(INDEX.replace("71.3", "inf"), "i.csv"), "value 'inf'"),
        (lambda: parsing.parse_stringency(INDEX.replace("71.3", "713"), "i.csv"), "stringency 713"),
        (lambda: parsing.parse_stringency(INDEX.replace("02Jan", "99Jan"), "i"), "day '99Jan2020'"),
        (lambda: parsing.parse_stringency(INDEX.replace("FRA", "CHN"), "i"), "twice for China"),
        (lambda: parsing.parse_cases(3, "c.csv"), "c.csv must be text"),
        (lambda: parsing.parse_cases(CASES.replace("州市,2", "州市,x"), "c.csv"), "the value 'x'"),
        (
            lambda: parsing.parse_cases(CASES.replace("州市,2", "州市,"), "c.csv"),
            "without a number",
        ),
        (lambda: parsing.parse_cases(CASES.replace("2020-01-22", "22.1."), "c.csv"), "day '22.1.'"),
        (lambda: parsing.parse_cases(CASES.replace("01-22", "01-21"), "c.csv"), "twice for China"),
    ],
)
def test_hostile_files_are_refused_with_the_cure(parse, message):
    with pytest.raises(corpora.CorpusError, match=message):
        parse()


@pytest.mark.parametrize("day", ["2022-04-01 19:00", pd.Timestamp("2022-04-01 19:00", tz="UTC")])
def test_the_hour_of_a_broadcast_is_no_part_of_its_day(day):
    day = pd.Timestamp(day)
    row = corpora.parse_broadcast("### 一", day).iloc[0]
    assert (row["doc_id"], row["date"]) == ("20220401#1", pd.Timestamp("2022-04-01"))


@pytest.mark.parametrize(
    "mirror", ["x" * 5000, "~nobody_of_that_name/x", b"/tmp", [], "a\0b", True]
)
def test_what_names_no_folder_is_refused(pinned, mirror, monkeypatch):
    with pytest.raises(corpora.CorpusError, match="given by mirror, is no folder"):
        fetch(mirror=mirror)
    if isinstance(mirror, str) and "\0" not in mirror:
        monkeypatch.setenv(fetching.MIRROR_VARIABLE, mirror)
        with pytest.raises(corpora.CorpusError, match="environment variable .* is no folder"):
            fetch()


def test_a_mirror_that_is_a_file_or_holds_a_folder_in_its_place_is_named(pinned, copies):
    with pytest.raises(corpora.CorpusError, match="is no folder"):
        fetch(mirror=copies / "list_1.csv")
    (copies / "list_1.csv").unlink()
    (copies / "list_1.csv").mkdir()
    with pytest.raises(corpora.CorpusError, match=r"list_1\.csv cannot be read"):
        fetch(mirror=copies)


def test_an_address_that_cannot_be_taken_apart_is_a_sentence(pinned):
    with pytest.raises(corpora.CorpusError, match="cannot be fetched"):
        fetch(address="http://" + "a" * 70_000)


def test_processes_that_fetch_at_once_do_not_write_into_one_part(pinned, server, monkeypatch):
    chunks = requests.Response.iter_content
    both = threading.Barrier(2, timeout=20)

    def meet(answer, size):
        # Both are under way at the same time, each with half of the file written.
        for number, chunk in enumerate(chunks(answer, size)):
            if number == 1 and answer.url.endswith("list_2.csv"):
                both.wait()
            yield chunk

    monkeypatch.setattr(requests.Response, "iter_content", meet)
    cached().mkdir(parents=True)
    cached("list_2.csv.part").write_bytes(POSTS["list_2.csv"].encode("utf-8")[:100])
    os.utime(cached("list_2.csv.part"), (0, 0))
    found, ways = [], []

    def run():
        try:
            found.append(len(fetch(address=server.address)))
        except Exception as error:  # noqa: BLE001 (whatever it is, the test must say it)
            found.append(error)

    for _ in range(2):
        ways.append(threading.Thread(target=run))
        ways[-1].start()
    for way in ways:
        way.join()
    assert found == [402, 402]
    assert names_in_cache() == list(POSTS)
    # What was left was continued by one of them; the other began anew.
    asked = [start for path, start in server.asked if path.endswith("list_2.csv")]
    assert sorted(asked, key=str) == [None, "bytes=100-"]


@pytest.mark.parametrize("abandoned", [True, False])
def test_a_part_of_a_process_that_was_ended_is_continued_once_it_is_cold(pinned, server, abandoned):
    cached().mkdir(parents=True)
    left = cached("list_1.csv.part-1-abc")
    left.write_bytes(POSTS["list_1.csv"].encode("utf-8")[:100])
    if abandoned:
        os.utime(left, (0, 0))
    assert len(fetch(address=server.address)) == 402
    assert server.asked[0] == ("/posts/list_1.csv", "bytes=100-" if abandoned else None)
    assert left.exists() != abandoned


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"encoding": "gzip"}, None), ({"redirect": 1}, None),
        ({"redirect": 99}, "TooManyRedirects"), ({"location": "file:///etc/passwd"}, "InvalidSchema"),
        ({"content": b"no gzip", "encoding": "gzip", "as_is": True}, "cut after 0"),
        ({"hangs": True}, "cut after 4,096 of"),
    ],
)  # fmt: skip
def test_a_server_with_ways_of_its_own(pinned, server, monkeypatch, options, said):
    monkeypatch.setattr(downloading, "_TIMEOUT", (0.3, 0.3))
    server.options = options
    if said is None:
        assert len(fetch(address=server.address)) == 402
    else:
        with pytest.raises(corpora.CorpusError, match=said):
            fetch(address=server.address)
        server.options = {}
        assert len(fetch(address=server.address)) == 402
    assert names_in_cache() == list(POSTS)


# --- the corpora themselves, where there are copies ----------------------------------------

POSTS_BY_MONTH = {
    "": [1640, 1793, 1870, 1386, 1262],
    "疫情防控": [96, 298, 175, 128, 67],
    "复工复产": [0, 31, 30, 19, 12],
}
ITEMS_BY_MONTH = {
    "": [476, 454, 512, 443, 484, 416, 466, 441, 462, 444, 464, 446],
    "疫情防控": [41, 22, 53, 73, 74, 33, 26, 33, 13, 13, 33, 42],
    "复工复产": [0, 2, 5, 9, 30, 12, 2, 2, 0, 0, 1, 3],
}


def count_by_month(documents: pd.DataFrame, words: str, months: pd.PeriodIndex) -> list[int]:
    holding = documents[documents["raw_text"].str.contains(words, regex=False)]
    return holding.groupby(holding["date"].dt.to_period("M")).size().reindex(months, fill_value=0).tolist()  # fmt: skip


@pytest.fixture(scope="module")
def fetched(corpora: Path) -> dict[str, pd.DataFrame]:
    from helpers import corpora as room

    return {name: room.fetch(name, mirror=corpora) for name in NAMES}


def test_the_cards_say_what_is_fetched(fetched):
    for name, table in fetched.items():
        card = corpora.read_card(name)
        assert len(table) == card["n_fetched"], name
        assert (table["date"].min(), table["date"].max()) == (card["first_day"], card["last_day"])
        if card["kind"] == "documents":
            assert table["n_rows"].sum() == card["n_rows"]
            assert table["doc_id"].is_unique
            assert list(table.columns[:12]) == COLUMNS["documents"]


def test_the_posts_of_2020_count_as_published(fetched):
    posts = fetched["cctv_weibo_2020"]
    months = pd.period_range("2020-01", "2020-05", freq="M")
    for words, counts in POSTS_BY_MONTH.items():
        assert count_by_month(posts, words, months) == counts, words
    assert (len(posts), posts["cut"].sum()) == (7951, 3744)
    assert (posts["n_rows"] - 1).sum() == 681
    assert posts["raw_text"].duplicated().sum() == 99
    assert not posts["raw_text"].str.contains("展开全文").any()


def test_the_broadcasts_of_2022_count_as_published(fetched):
    items = fetched["xinwen_lianbo_2022"]
    months = pd.period_range("2022-01", "2022-12", freq="M")
    for words, counts in ITEMS_BY_MONTH.items():
        assert count_by_month(items, words, months) == counts, words
    assert (items["cut"].sum(), (items["title"] == "").sum()) == (9, 6)
    assert items["date"].nunique() == 455
    assert (items["source"] != "").all()
    left = r"\*\*|<!--|查看原文|更新时间|本期节目主要内容|央视网消息"
    assert not items["raw_text"].str.contains(left).any()


def test_the_reports_are_dated_as_their_card_says(fetched):
    reports = fetched["work_reports"]
    assert reports["date_basis"].value_counts().to_dict() == {
        "year only": 47, "no year": 16, "header": 9,
    }  # fmt: skip
    assert not reports["raw_text"].str.contains("Public domain|著作权法》第五条").any()
    text = clean.clean_documents(reports.iloc[:20])["text"]
    assert not text.str.contains("[\u200b\u200d]|报\n+告").any()


def test_the_series_hold_the_numbers_of_the_day_of_the_sample(fetched):
    day = pd.Timestamp("2020-02-26")
    of_day = {
        (row.series, row.place): row.value
        for name in ("oxcgrt", "cases")
        for row in fetched[name][fetched[name]["date"] == day].itertuples()
    }
    assert of_day["stringency", "Guangdong"] == 71.3
    assert of_day["confirmed", "Guangzhou"] == 346
    guangdong = fetched["oxcgrt"].query("place == 'Guangdong'").set_index("date")["value"]
    monthly = guangdong["2020"].resample("MS").mean().round(1).tolist()
    assert monthly == [21.5, 71.3, 75.3, 77.9, 65.8, 58.3, 56.1, 58.4, 57.8, 47.2, 49.7, 50.0]


def test_the_places_of_the_evaluation_are_documents_of_the_corpora(fetched):
    places = pd.read_csv(paths.DATA / "labels/evaluation.csv", encoding="utf-8")
    known = {*fetched["cctv_weibo_2020"]["doc_id"], *fetched["xinwen_lianbo_2022"]["doc_id"]}
    assert set(places["doc_id"]) <= known


def test_what_is_fetched_can_be_cleaned_and_cut_into_sentences(fetched):
    for name in NAMES[:3]:
        sample = fetched[name].iloc[::100]
        sample = pd.concat([sample, fetched[name][fetched[name]["cut"]].iloc[:20]])
        sentences = segment.split_sentences(clean.clean_documents(sample.drop_duplicates("doc_id")))
        assert set(sentences["doc_id"]) == set(sample["doc_id"])
