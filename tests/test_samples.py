"""The samples of code in the documents run as they stand, on a few texts."""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from helpers import paths

PAGES = ("README.md", "README.zh-CN.md", "docs/scale.md", "data/lexicon/README.md")
FILES = {
    "my_terms.csv": "term,category,gloss_en\n疫情防控,prevention,epidemic control\n",
    "my_folder/2020/notice.txt": "疫情防控通知\n2020年2月20日\n统筹推进疫情防控和复工复产工作。",
    "my_folder/2020/report.txt": "各地要落实疫情防控措施，有序推进复工复产。",
    "my_folder/2021/notice of 2021.txt": "2021年1月5日\n坚持外防输入，内防反弹。",
}
# What a sample needs beyond the project: an extra, or what the page says is no dependency.
NEEDED = {"import duckdb": "duckdb", "cluster=True": "distributed"}


def samples_of(page: str) -> list[str]:
    text = (paths.PROJECT / page).read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)


SAMPLES = [
    pytest.param(sample, id=f"{page}-{number}")
    for page in PAGES
    for number, sample in enumerate(samples_of(page), start=1)
]


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_sample_runs_as_it_stands(sample: str, tmp_path: Path) -> None:
    for sign, package in NEEDED.items():
        if sign in sample and find_spec(package) is None:
            pytest.skip(f"{package} is not installed")
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "sample.py").write_text(sample, encoding="utf-8")
    python_path = filter(None, (str(paths.PROJECT), os.environ.get("PYTHONPATH")))
    ran = subprocess.run(
        [sys.executable, "sample.py"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONUTF8": "1", "PYTHONPATH": os.pathsep.join(python_path)},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stderr


def test_every_page_has_its_samples() -> None:
    assert len(SAMPLES) >= 8
    assert all(samples_of(page) for page in PAGES)
