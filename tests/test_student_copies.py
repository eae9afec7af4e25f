"""Student copies hold no solution and run; Chinese notebooks come from one source."""

import re
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers import classroom, paths
from scripts import build_student_copies, translate_notebooks
from scripts.build_student_copies import BEGIN, END, build_copy, clear_solution
from scripts.execute_notebooks import NotebookError, execute, read_notebook
from scripts.translate_notebooks import Section, source_mark

LESSONS = sorted(paths.NOTEBOOKS.glob("0[0-9]_*.ipynb"))
SETUP = 'import sys\n\nsys.path.insert(0, "..")\n\nfrom helpers import classroom, style\n\nstyle.set_theme()'
SOLVED = f"{BEGIN}\nsecret_sum = 14 + 8\nanswer = secret_sum\n{END}"

each_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def cell_of(kind, source, *tags, id="x"):
    make = new_code_cell if kind == "code" else new_markdown_cell
    return make(source, id=id, metadata={"tags": list(tags)} if tags else {})


@pytest.fixture
def lesson(tmp_path) -> Path:
    """A notebook of one exercise, as notebooks 00 to 07 have them."""
    cells = [
        cell_of("markdown", "# A lesson", id="cell-01"),
        cell_of("code", SETUP, id="cell-02"),
        cell_of("markdown", "Prose.", id="cell-03"),
        cell_of("markdown", "### Exercise 1\n\nPut the number into `answer`.", id="cell-04"),
        cell_of("markdown", "<details><summary>Hint</summary>Add.</details>", id="cell-05"),
        cell_of("code", SOLVED, "solution", id="cell-06"),
        cell_of("code", 'classroom.check("00-1", answer)', "check", id="cell-07"),
        cell_of("markdown", "Twenty-two clauses.", "solution", id="cell-08"),
    ]
    cells[6].outputs = [nbformat.v4.new_output("stream", text="shown")]
    path = tmp_path / "00_lesson.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    return path


# --- student copies ----------------------------------------------------------------------------


def test_a_copy_has_a_place_for_the_answer_and_no_solution(lesson):
    copy = build_copy(lesson)
    assert [cell.id for cell in copy.cells] == [f"cell-{n:02d}" for n in range(1, 8)]
    answer, check = copy.cells[5:]
    assert answer.source == "# your code here\nanswer = None"
    assert answer.metadata.tags == ["exercise"]
    assert check.source == 'classroom.check("00-1", answer)' and check.outputs == []
    assert "secret" not in nbformat.writes(copy) and "Twenty-two" not in nbformat.writes(copy)
    assert copy.cells[0].source.endswith("beside `helpers`.*")


def test_pictures_of_a_copy_go_beside_it(lesson):
    setup = build_copy(lesson).cells[1].source
    assert setup.index('os.environ.setdefault("COVID_POLICY_FIGURES", "figures")') < setup.index(
        "from helpers"
    )


def test_what_a_copy_adds_to_the_code_is_in_the_language_of_the_copy():
    for language, other in (("en", r"[\u4e00-\u9fff]"), ("zh", r"[a-z]+ [a-z]+")):
        code = "\n".join(cell.source for cell in build_copy(LESSONS[0], language=language).cells)
        remarks = re.findall(r"COVID_POLICY_FIGURES.*#(.*)", code)
        assert len(remarks) == 1 and not re.search(other, remarks[0]), language


def test_the_teachers_copy_keeps_solutions_and_adds_a_graded_test(lesson):
    copy = build_copy(lesson, solutions=True)
    assert SOLVED in [cell.source for cell in copy.cells]
    test = next(cell for cell in copy.cells if cell.id == "test-00-1")
    assert 'assert classroom.check("00-1", answer).right' in test.source
    assert test.metadata.nbgrader == {
        "schema_version": 3, "grade_id": "test-00-1", "cell_type": "code", "task": False,
        "points": 1, "solution": False, "grade": True, "locked": True,
    }  # fmt: skip


def test_explanations_have_markers_too_because_nbgrader_clears_nothing_else(lesson):
    explained = build_copy(lesson, solutions=True).cells[-1]
    assert explained.source == "<!-- BEGIN SOLUTION -->\nTwenty-two clauses.\n<!-- END SOLUTION -->"
    assert explained.metadata.nbgrader.cell_type == "markdown"
    assert explained.metadata.nbgrader.points == 0


def test_grading_names_are_given_once(lesson):
    for path in [lesson, *LESSONS]:
        cells = build_copy(path, solutions=True).cells
        names = [cell.metadata.nbgrader.grade_id for cell in cells if "nbgrader" in cell.metadata]
        assert len(names) == len(set(names)), path.name


def test_a_check_that_checks_nothing_is_named(lesson):
    notebook = read_notebook(lesson)
    notebook.cells[6].source = "classroom.check(3, answer)"
    nbformat.write(notebook, lesson)
    with pytest.raises(ValueError, match="cell cell-07 is tagged check and checks nothing"):
        build_copy(lesson)


@pytest.mark.parametrize(
    "source",
    [
        f"{BEGIN}\nanswer = 22",
        f"answer = 22\n{END}",
        f"{BEGIN}\na = 1\n{END}\n{BEGIN}\nb = 2\n{END}",
        f"{END}\nanswer = 22\n{BEGIN}",
    ],
)
def test_a_marker_without_its_partner_is_refused(source):
    with pytest.raises(ValueError, match="this cell needs '### BEGIN SOLUTION' once"):
        clear_solution(source)


def test_code_around_a_solution_stays():
    source = f"top = counts.head()\n{BEGIN}\nanswer = 1\n{END}\nprint(answer)"
    assert (
        clear_solution(source, "zh")
        == "top = counts.head()\n# 在这里写代码\nanswer = None\nprint(answer)"
    )


@pytest.mark.parametrize(
    "name", ["notebooks", "notebooks/class", "helpers", "data/x", "figures", ".git"]
)
def test_folders_of_the_project_are_refused(name, capsys):
    assert build_student_copies.main([str(paths.PROJECT / name)]) == 1
    assert "is a folder of the project's own; name another" in capsys.readouterr().err


def test_a_folder_with_something_in_it_is_refused_and_left_alone(tmp_path, capsys):
    (tmp_path / "answers.txt").write_text("mine", encoding="utf-8")
    assert build_student_copies.main([str(tmp_path)]) == 1
    assert build_student_copies.main([str(tmp_path / "answers.txt")]) == 1
    assert "holds files already" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["answers.txt"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_script_writes_ten_valid_notebooks(tmp_path, language):
    folder = tmp_path / "class"
    assert build_student_copies.main([str(folder), "--language", language]) == 0
    written = sorted(folder.iterdir())
    assert [path.name for path in written] == [path.name for path in LESSONS]
    assert len(written) == 10
    for path in written:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        assert all(not cell.get("outputs") for cell in notebook.cells)


def solution_lines(path: Path) -> set[str]:
    """Return the lines of the solutions that stand nowhere else in the notebook."""
    solved, open_text = set(), ""
    for cell in read_notebook(path).cells:
        between = re.findall(rf"{BEGIN}\n(.*?){END}", cell.source, flags=re.DOTALL)
        if between or "solution" in cell.metadata.get("tags", []):
            solved |= {line.strip() for line in "\n".join(between or [cell.source]).splitlines()}
        else:
            open_text += cell.source
    return {
        line
        for line in solved
        if len(line) > 3 and line not in open_text and not line.startswith("###")
    }


@each_lesson
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_line_of_any_solution_stands_in_a_copy(path, language):
    lines = solution_lines(path)
    assert len(lines) > 3
    copy = build_copy(path, language=language)
    text = "\n".join(f"{cell.source}\n{cell.get('outputs', '')}" for cell in copy.cells)
    assert [line for line in lines if line in text] == []
    assert not any("solution" in cell.metadata.get("tags", []) for cell in copy.cells)
    assert BEGIN not in text and END not in text


def questions(path: Path) -> dict[str, str]:
    """Return what a student reads before the check of each exercise: question and hint."""
    found, text = {}, ""
    for cell in build_copy(path).cells:
        checked = re.search(r'classroom\.check\("([^"]+)"', cell.source)
        if cell.cell_type == "markdown":
            text = (
                cell.source if cell.source.startswith("### Exercise") else text + "\n" + cell.source
            )
        elif checked:
            found[checked[1]] = text
    return found


@each_lesson
def test_neither_question_nor_hint_tells_the_answer(path):
    for number, text in questions(path).items():
        text += classroom.hint(number, language="en").message
        words = re.findall(r"[\u4e00-\u9fff]+", text) + re.findall(r"[A-Za-z]+", text)
        numerals = re.findall(r"\d+(?:\.\d+)?", text.replace(",", ""))
        given = [*words, *map(float, numerals)]
        assert [value for value in given if classroom.check(number, value).right] == [], number


@pytest.mark.notebooks
@each_lesson
def test_a_copy_runs_from_top_to_bottom(path, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(paths.PROJECT))
    copy = tmp_path / path.name
    nbformat.write(build_copy(path), copy)
    executed = execute(copy, figures=tmp_path, on_cell=lambda: None)
    for cell in executed.cells:
        if "check" in cell.metadata.get("tags", []):
            assert "Not answered yet" in cell.outputs[0].data["text/plain"]


# --- Chinese notebooks -------------------------------------------------------------------------


def test_a_translated_notebook_says_how_much_is_still_english(lesson):
    english = read_notebook(lesson)
    sections = {
        "cell-01": Section(source_mark("# A lesson"), "# 一课"),
        "cell-03": Section(source_mark("Other prose."), "旧的译文。"),
    }
    chinese = translate_notebooks.in_chinese(english, sections)
    assert (
        chinese.cells[0].source == "# 一课\n\n*本笔记本另有 4 个文字单元尚未译成中文，以英文显示。*"
    )
    assert 'style.set_theme(language="zh", labels="zh")' in chinese.cells[1].source
    assert chinese.cells[2].source == "Prose."
    assert english.cells[0].source == "# A lesson"


def test_gaps_are_named_with_their_cells(lesson):
    sections = {
        "cell-01": Section(source_mark("# A lesson"), "# 一课"),
        "cell-03": Section("0" * 12, "旧的译文。"),
        "cell-99": Section("0" * 12, "？"),
    }
    gaps = translate_notebooks.find_gaps("00_lesson", read_notebook(lesson), sections)
    assert [(gap.cell, gap.why[:11], gap.required) for gap in gaps] == [
        ("cell-03", "out of date", False),
        ("cell-04", "missing", True),
        ("cell-05", "missing", True),
        ("cell-08", "missing", False),
        ("cell-99", "no such cel", False),
    ]
    assert translate_notebooks.summarise(gaps).startswith(
        "required: 2 missing, 0 out of date; optional: 1 missing, 1"
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("文字", "line 1: text before the first section"),
        ("\n<!-- cell-20 -->\n文字", "line 2: '<!-- cell-20 -->' is not of the form"),
        ("<!-- cell-20 1A2B3C4D5E6F -->", "line 1: .* is not of the form"),
        (
            "<!-- a 1a2b3c4d5e6f -->\n一\n<!-- a 1a2b3c4d5e6f -->\n二",
            "line 3: a has a section already",
        ),
        ("<!-- a 1a2b3c4d5e6f -->\n<!-- en 1a2b3c4d5e6f\nText", "section a: a comment .* no end"),
    ],
)
def test_a_fault_in_a_translation_is_named_with_its_line(text, says):
    with pytest.raises(ValueError, match=f"00.md, {says}"):
        translate_notebooks.split_sections(text.split("\n"), file="00.md")


def test_the_mark_of_an_encoding_is_no_text(tmp_path):
    (tmp_path / "00.md").write_text("\ufeff<!-- a 1a2b3c4d5e6f -->\n一", encoding="utf-8")
    assert translate_notebooks.read_sections(tmp_path / "00.md")["a"].text == "一"


def test_a_translation_that_is_not_utf8_is_named(tmp_path):
    (tmp_path / "00.md").write_bytes("文件".encode("gb18030"))
    with pytest.raises(ValueError, match="00.md is not UTF-8"):
        translate_notebooks.read_sections(tmp_path / "00.md")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('- "Words"\n+ "词语"', ""),
        ('- "Word"\n+ "词语"', "stands 0 times"),
        ("- draw\n+ draw", "stands 2 times"),
        ('- "Words"', "not pairs"),
        ('+ "词语"\n- "Words"', "not pairs"),
        ('- "Words"\n+ "词语', "is no Python"),
        ('- "Words"\n+ "\0"', "line 1 is no Python"),
        (f'- "Words"\n+ {"-" * 100_000}1', "nested too deeply"),
    ],
)
def test_pieces_of_code_are_replaced_only_where_they_stand_once(text, says):
    source = 'ax = draw.draw_bars(title="Words")'
    fault = translate_notebooks.find_fault_in_pairs(source, text)
    assert says in fault and bool(says) == bool(fault)
    if not says:
        assert translate_notebooks.replace_pairs(source, text) == source.replace("Words", "词语")


def test_a_fault_in_a_code_section_is_a_gap_and_is_not_built(lesson):
    english = read_notebook(lesson)
    code = next(cell for cell in english.cells if cell.cell_type == "code")
    wrong = {code.id: Section(source_mark(code.source), "- nowhere\n+ 无处")}
    gaps = translate_notebooks.find_gaps("00_lesson", english, wrong)
    assert any(gap.cell == code.id and gap.required for gap in gaps)
    with pytest.raises(ValueError, match="stands 0 times"):
        translate_notebooks.in_chinese(english, wrong)


def test_a_skeleton_shows_the_english_and_loses_no_translation(lesson):
    english = read_notebook(lesson)
    sections = {
        "cell-01": Section(source_mark("# A lesson"), "# 一课"),
        "cell-03": Section("0" * 12, "旧的译文。"),
        "cell-99": Section("1" * 12, "从前的单元。"),
    }
    text = translate_notebooks.write_skeleton(english, sections)
    assert (
        f"<!-- cell-03 {'0' * 12} -->\n<!-- en {source_mark('Prose.')}\nProse.\n-->\n旧的译文。"
        in text
    )
    read = translate_notebooks.split_sections(text.split("\n"), file="00.md")
    assert {cell: section for cell, section in read.items() if section.text} == sections
    assert translate_notebooks.write_skeleton(english, read) == text


def test_a_filled_skeleton_leaves_no_gap(lesson):
    english = read_notebook(lesson)
    read = translate_notebooks.split_sections(
        translate_notebooks.write_skeleton(english, {}).split("\n"), file="00.md"
    )
    filled = {cell: Section(section.mark, "中文") for cell, section in read.items()}
    assert translate_notebooks.find_gaps("00", english, filled) == []
    assert "尚未译成" not in translate_notebooks.in_chinese(english, filled).cells[0].source


def test_a_notebook_without_a_theme_is_refused():
    with pytest.raises(ValueError, match="no cell says style.set_theme"):
        translate_notebooks.in_chinese(
            new_notebook(cells=[NotebookNode(new_markdown_cell("# A"))]), {}
        )


def test_chinese_notebooks_do_not_replace_the_english(capsys):
    assert translate_notebooks.main(["--to", str(paths.NOTEBOOKS)]) == 1
    assert "name another folder" in capsys.readouterr().err
    assert translate_notebooks.main(["--check", "99"]) == 1


@pytest.mark.parametrize("name", ["file", "file/new", "dangling", "loop", "loop/new"])
def test_chinese_notebooks_go_into_a_folder(tmp_path, capsys, name):
    (tmp_path / "file").write_text("kept", encoding="utf-8")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert translate_notebooks.main(["--to", str(tmp_path / name), "00"]) == 1
    assert "name a folder" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dangling", "file", "loop"]


def test_chinese_notebooks_do_not_go_into_the_projects_own_folder(capsys, monkeypatch):
    monkeypatch.chdir(paths.NOTEBOOKS.parent)
    assert translate_notebooks.main(["--to", "", "00"]) == 1
    assert "the project's own folder" in capsys.readouterr().err
    assert not Path("00_start_here.ipynb").exists()


@each_lesson
def test_translations_are_up_to_date(path):
    sections = translate_notebooks.read_sections(
        translate_notebooks.TRANSLATIONS / f"{path.stem}.md"
    )
    gaps = translate_notebooks.find_gaps(path.stem, read_notebook(path), sections)
    # Where a translation has been begun, what a class needs is there, and nothing is old.
    assert [str(gap) for gap in gaps if sections and (gap.required or gap.why != "missing")] == []


def test_a_broken_notebook_is_told_before_anything_is_written(tmp_path):
    broken = tmp_path / "00_x.ipynb"
    broken.write_text("{", encoding="utf-8")
    with pytest.raises(NotebookError, match="not a notebook"):
        build_copy(broken)
