import codecs

import pandas as pd
import pytest

from helpers import clean, load, paths
from helpers.reading.load import documents as documents_room
from helpers.tables import COLUMNS

CHINESE = "广州市召开会议，部署疫情防控和复工复产。"


@pytest.fixture
def write(tmp_path):
    def write_file(name: str, content: str | bytes) -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return str(path)

    return write_file


def test_the_sample_is_one_document_dated_by_its_file_name():
    documents = load.read_documents(paths.SEED)
    assert list(documents.columns) == COLUMNS["documents"]
    row = documents.iloc[0]
    assert (row["doc_id"], row["date"]) == ("guangzhou-2020-02-26", pd.Timestamp("2020-02-26"))
    assert row["raw_text"].encode("utf-8") == paths.SEED.read_bytes()
    assert (row["text"], row["n_han"]) == ("", 0)


def test_the_shipped_metadata_describes_the_sample():
    documents = load.read_documents(paths.SEED, metadata=paths.DATA / "metadata.csv")
    assert documents["place"].iloc[0] == "Guangzhou"
    assert documents["issuer"].iloc[0]


def test_a_folder_a_pattern_and_a_list_name_the_same_files(tmp_path, write):
    first, second = write("a.txt", CHINESE), write("sub/b.txt", CHINESE + CHINESE)
    write(".DS_Store", b"\0\1")
    by_folder = load.read_documents(tmp_path)
    assert by_folder["doc_id"].tolist() == ["a", "b"]
    for named in (str(tmp_path / "**/*.txt"), [first, second], [tmp_path, first]):
        pd.testing.assert_frame_equal(load.read_documents(named), by_folder)


def test_a_file_whose_name_looks_like_a_pattern_is_still_that_file(write):
    path = write("报告[2020].txt", CHINESE)
    assert load.read_documents(path)["doc_id"].tolist() == ["报告[2020]"]


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("guangzhou-2020-02-26.txt", "2020-02-26"),
        ("20200226_notice.txt", "2020-02-26"),
        ("2020.02.26.txt", "2020-02-26"),
        ("no-date.txt", None),
        ("2020-13-45.txt", None),
        ("120200226.txt", None),
    ],
)
def test_the_date_comes_from_the_file_name_only_if_it_is_one(write, name, date):
    read = load.read_documents(write(name, CHINESE))["date"].iloc[0]
    assert pd.isna(read) if date is None else read == pd.Timestamp(date)


def test_a_csv_gives_one_document_per_row(write):
    path = write("set.csv", '﻿标题,日期,正文\n甲,2020-02-26,疫情防控\n乙,,"复工,\n复产"\n')
    documents = load.read_documents(path)
    assert documents["doc_id"].tolist() == ["set-1", "set-2"]
    assert documents["title"].tolist() == ["甲", "乙"]
    assert documents["date"].isna().tolist() == [False, True]
    assert documents["raw_text"].tolist() == ["疫情防控", "复工,\n复产"]


def test_cells_of_a_csv_are_taken_as_they_stand(write):
    documents = load.read_documents(write("set.csv", "id,text,source\n007,一要NA,=1+1\n"))
    assert documents.loc[0, ["doc_id", "raw_text", "source"]].tolist() == ["007", "一要NA", "=1+1"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_encodings_of_simplified_text(write, encoding):
    path = write("a.txt", CHINESE.encode(encoding))
    assert load.read_documents(path)["raw_text"].iloc[0] == CHINESE


def test_big5_is_told_from_gb18030(write):
    traditional = "廣州市召開會議，部署疫情防控和復工復產。"
    path = write("a.txt", traditional.encode("big5hkscs"))
    assert load.audit_files(path)["encoding"].tolist() == ["big5hkscs"]
    assert load.read_documents(path)["raw_text"].iloc[0] == traditional


BAD_FILES = {
    "empty.txt": (b"", "empty.txt is empty"),
    "blank.txt": (b" \n\t", "blank.txt is empty"),
    "junk.txt": (bytes(range(256)) * 4, "junk.txt is not text"),
    "jpeg.txt": (b"\xff\xd8\xff\xe0" + bytes(range(128, 256)) * 3, "jpeg.txt cannot be decoded"),
    "byte.txt": (CHINESE.encode() + b"\xff", "byte.txt cannot be decoded: byte 0xff at offset 60"),
    "cut.txt": (CHINESE.encode()[:-1], "cut.txt cannot be decoded: byte 0xe3 at offset 57"),
    "bom.txt": (codecs.BOM_UTF8 + b"\xff", "bom.txt begins like utf-8 but byte 0"),
    "english.txt": (b"No Chinese here.", "english.txt has no Chinese character"),
    "notes.docx": (b"PK\3\4", "notes.docx is a damaged docx file"),
    "no_text.csv": ("a,b\n甲,乙\n".encode(), "no_text.csv has no text column: its columns are 'a', 'b'"),
    "header.csv": (b"text,date\n", "header.csv has a header but no rows"),
    "ragged.csv": ("text\n甲,乙,丙\n丁,戊\n\"".encode(), "ragged.csv is not a well-formed csv"),
    "two.csv": ("text,正文\n甲,乙\n".encode(), "two.csv has 2 columns that may hold the text"),
    "long.csv": ("text\n甲,乙\n丙,丁\n".encode(), "long.csv has rows with more cells than its header"),
    "gap.csv": ("text\n甲\n\"\"\n".encode(), "gap.csv row 2 is empty"),
    "latin.csv": ("text\n甲\n123\n".encode(), "latin.csv row 2 has no Chinese character"),
    "date.csv": ("text,date\n甲,tomorrow\n".encode(), "date.csv row 1 has the date 'tomorrow'"),
}  # fmt: skip


ROWS_LEFT = {"gap.csv", "latin.csv"}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_named_with_its_problem(write, name):
    content, message = BAD_FILES[name]
    path = write(name, content)
    with pytest.raises(ValueError, match=message.replace("(", r"\(")):
        load.read_documents(path)
    audit = load.audit_files(path)
    # A row that cannot be read costs the other rows of its table nothing.
    assert audit["n_documents"].tolist() == [name in ROWS_LEFT] and audit["problem"].iloc[0]


def test_one_bad_file_does_not_cost_the_others(tmp_path, write):
    for name, (content, _) in BAD_FILES.items():
        write(name, content)
    write("good.txt", CHINESE)
    with pytest.raises(ValueError, match=r"17 of 18 files.*(?s:.*)skip_bad=True"):
        load.read_documents(tmp_path)
    read = load.read_documents(tmp_path, skip_bad=True)
    assert read["doc_id"].tolist() == ["gap-1", "good", "latin-1"]
    audit = load.audit_files(tmp_path)
    assert len(audit) == 18 and (audit["problem"] != "").sum() == 17


def test_nothing_left_to_read_is_an_error_even_when_bad_files_may_be_skipped(write):
    with pytest.raises(ValueError, match="empty.txt is empty"):
        load.read_documents(write("empty.txt", b""), skip_bad=True)


def test_a_missing_file_says_where_it_was_looked_for(tmp_path):
    with pytest.raises(ValueError, match=r"nope.txt does not exist \(looked from"):
        load.read_documents(tmp_path / "nope.txt")
    assert "does not exist" in load.audit_files(tmp_path / "nope.txt")["problem"].iloc[0]


def test_an_empty_folder_a_pattern_without_match_and_no_name_at_all(tmp_path):
    with pytest.raises(ValueError, match="no readable file"):
        load.read_documents(tmp_path)
    with pytest.raises(ValueError, match="no file matches"):
        load.read_documents(str(tmp_path / "*.txt"))
    with pytest.raises(ValueError, match="no file named"):
        load.read_documents([])


@pytest.mark.parametrize("named", [None, 5, b"a.txt", [None], pd.NA])
def test_what_is_no_file_name_is_refused(named):
    with pytest.raises(ValueError, match="not the name of a file"):
        load.read_documents(named)


def test_files_of_one_name_are_told_apart_by_suffix_and_folder(tmp_path, write):
    for name in ("a/report.txt", "b/report.txt", "b/report.md", "b/only.txt"):
        write(name, CHINESE)
    documents = load.read_documents(tmp_path)
    assert documents["doc_id"].tolist() == ["a/report.txt", "only", "report.md", "b/report.txt"]


def test_duplicate_ids_in_a_csv_name_the_rows(write):
    with pytest.raises(ValueError, match="'x' is used 2 times .*set.csv row 1; .*set.csv row 3"):
        load.read_documents(write("set.csv", "id,text\nx,甲\ny,乙\nx,丙\n"))


def test_metadata_wins_where_it_says_something(write):
    path = write("a.txt", CHINESE)
    table = pd.DataFrame(
        {"file": ["a.txt"], "date": ["2020-03-01"], "place": ["Foshan"], "title": [""]}
    )
    documents = load.read_documents(path, metadata=table)
    assert documents.loc[0, ["date", "place"]].tolist() == [pd.Timestamp("2020-03-01"), "Foshan"]
    assert documents["date_basis"].iloc[0] == "metadata table"
    assert documents["title"].iloc[0] == ""  # a sentence is no title


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (pd.DataFrame({"name": ["a.txt"]}), "no column 'file'"),
        (pd.DataFrame({"file": ["b.txt"]}), "'b.txt', which was not read"),
        (pd.DataFrame({"file": ["a.txt", "a.txt"]}), "'a.txt' twice"),
        ("nope.csv", "the metadata table nope.csv does not exist"),
    ],
)
def test_metadata_that_does_not_fit_is_refused(write, table, message):
    with pytest.raises(ValueError, match=message):
        load.read_documents(write("a.txt", CHINESE), metadata=table)


def test_windows_line_ends_stay_in_the_raw_text_and_leave_the_clean_one(write):
    documents = load.read_documents(write("a.txt", "标题\r\n正文。\r\n"))
    assert documents["raw_text"].iloc[0] == "标题\r\n正文。\r\n"
    assert clean.clean_documents(documents)["text"].iloc[0] == "标题\n正文。\n"


def test_a_column_that_is_missing_names_the_room_that_makes_it():
    with pytest.raises(ValueError, match="no column 'raw_text'; make it with load.read_documents"):
        clean.clean_documents(pd.DataFrame({"doc_id": ["a"], "title": [""]}))


def test_a_date_in_the_text_that_differs_from_the_file_name_is_heard(write):
    body = "\n（2020年2月24日）\n各区：\n要落实防控措施，做好复工复产工作。\n"
    documents = load.read_documents(write("speech-20200226.txt", "讲话" + body))
    assert documents["date"].iloc[0] == pd.Timestamp("2020-02-26")
    assert documents["date_basis"].iloc[0] == "file name; header says 2020-02-24"


def test_two_tables_that_number_their_rows_from_one_are_told_apart(tmp_path, write):
    for name in ("a.csv", "b.csv"):
        write(name, "编号,正文\n1,疫情防控\n2,复工复产\n")
    assert load.read_documents(tmp_path)["doc_id"].tolist() == ["a-1", "a-2", "b-1", "b-2"]


def test_a_folder_that_is_not_there_is_said_not_to_exist():
    with pytest.raises(ValueError, match="no_such_folder does not exist"):
        load.read_documents("no_such_folder")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"year": "2020"}, "year is '2020'; give a number"),
        ({"text_column": 5}, "text_column is 5; give the name"),
        ({"metadata": 5}, "metadata is int; give a table"),
    ],
)
def test_options_of_the_wrong_kind_are_named(write, options, message):
    with pytest.raises(ValueError, match=message):
        load.read_documents(write("a.txt", CHINESE), **options)


def test_an_empty_name_does_not_mean_this_folder():
    with pytest.raises(ValueError, match="names nothing; write '.'"):
        load.read_documents("")


BODY = "会议强调，要落实疫情防控措施，统筹推进复工复产。\n"


@pytest.mark.parametrize("n_lines", [3, 100, 900], ids=["short", "cut", "cut before cleaning"])
def test_header_and_signature_are_found_in_a_text_of_any_length(write, n_lines):
    raw = f"关于防控工作的通(tong)知\n发文字号：示府〔2020〕3号\n{BODY * n_lines}示例市人民政府\n2020年2月26日\n"
    row = load.read_documents(write("notice.txt", raw)).iloc[0]
    assert (row["title"], row["document_number"]) == ("关于防控工作的通知", "示府〔2020〕3号")
    assert (row["issuer"], row["date"]) == ("示例市人民政府", pd.Timestamp("2020-02-26"))
    assert row["date_basis"] == "signature"


def test_what_the_header_is_read_from_is_what_cleaning_gives(write, monkeypatch):
    read = []
    header = documents_room.read_header
    monkeypatch.setattr(
        documents_room,
        "read_header",
        lambda text, **options: read.append(text) or header(text, **options),
    )
    documents = load.read_documents(write("notice.txt", "工作报\n告,關於(yú)復工\n" + BODY))
    assert clean.clean_documents(documents)["text"].tolist() == read
