"""What OpenCC's rules change, for the OpenCC that is installed: python -m scripts.list_rules

Writes data/script/changed_alone.csv, and prints the phrases and the kept words that stand in
helpers/reading/clean/rules.py. Tests compare all with OpenCC; with a new one, run this and put
them there.
"""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import opencc

from helpers.paths import write_whole
from helpers.reading.clean.characters import (
    IN_BOTH_SCRIPTS,
    config_file,
    find_changed,
    is_traditional,
    to_simplified,
)
from helpers.reading.clean.rules import CHANGED_ALONE, NORMALIZED, hash_rules, list_dictionaries
from helpers.reading.words import stock

PACKAGE = Path(opencc.__file__).parent / "clib"
CONFIG = config_file("tw2s")
# Those that cleaning asks about single characters.
CONFIGS = ("tw2s", "t2s", "hk2s", "s2tw")
PROGRAM = PACKAGE / "bin" / ("opencc_dict.exe" if sys.platform == "win32" else "opencc_dict")

Rules = dict[str, str]


def main() -> None:
    """Write the characters that change alone, and print the phrases."""
    write_whole(CHANGED_ALONE, write_changed().encode())
    for found in (list_phrases(read_steps(CONFIG)), list_kept(read_words())):
        for key, words in found.items():
            print(f'    "{key}": "{words}",')


def write_changed() -> str:
    """Configuration, SHA-256 of its dictionaries and the characters that change alone, as csv."""
    rows = [
        f"{config},{hash_rules(config_file(config))},{''.join(find_changed(config))}"
        for config in CONFIGS
    ]
    return "\n".join(["config,sha256,characters", *rows, ""])


def read_steps(config: Path) -> list[list[Rules]]:
    """The dictionaries of each step of the conversion, as rules: what is found -> what it becomes.

    The dictionary of the segmentation is left out: it cuts the text and changes nothing.
    """
    said = json.loads(config.read_text(encoding="utf-8"))
    steps = [step["dict"] for step in (*said["normalization"], *said["conversion_chain"])]
    return [
        [_read_rules(config.with_name(one["file"])) for one in step.get("dicts", [step])]
        for step in steps
    ]


def _read_rules(dictionary: Path) -> Rules:
    with TemporaryDirectory() as folder:
        written = Path(folder) / "rules.txt"
        subprocess.run(
            [PROGRAM, "-i", dictionary, "-o", written, "-f", "ocd2", "-t", "text"], check=True
        )
        lines = written.read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t") for line in lines]
    # Of several values the first is taken.
    return {found: values.split(" ")[0] for found, values in pairs}


def list_needs(steps: list[list[Rules]]) -> set[str]:
    """Strings one of which is in every text that the steps change.

    A rule matters that changes what it finds. But 核 becomes 覈 in one step and 核 again in the
    last: `back` has such pairs, and where they are the whole difference nothing has changed.
    A text without any of the strings answered here then is the same after every step, but for
    the pairs. And it is the same in the end, since the last step takes every 覈 back: those in
    what it finds, by a rule of their own, and a rule that puts one there matters too.
    """
    last = {found: new for rules in reversed(steps[-1]) for found, new in rules.items()}
    pairs = [pair for step in steps[:-1] for rules in step for pair in rules.items()]
    back = {new: old for old, new in pairs if len(old) == 1 and old != new and last.get(new) == old}
    go_back = str.maketrans(back)
    needs = set(back)
    for step in steps:
        for found, new in (pair for rules in step for pair in rules.items()):
            is_left = step is steps[-1] and not back.keys().isdisjoint(new)
            if is_left or found.translate(go_back) != new.translate(go_back):
                needs.add(found.translate(go_back))
    return needs


def list_phrases(steps: list[list[Rules]]) -> dict[str, str]:
    """Those of `list_needs` that hold no character that changes alone, by a character of theirs.

    A phrase that holds another is left out; those of one character stand together, sorted, with
    blanks between them.
    """
    known = set(find_changed("tw2s"))
    normalized = re.compile(f"[{NORMALIZED}]")
    needs = list_needs(steps)
    needs = {need for need in needs if known.isdisjoint(need) and not normalized.search(need)}
    left = {need for need in needs if not any(one in need for one in needs - {need})}
    phrases: dict[str, str] = {}
    while left:
        key = _most_common(left)
        phrases[key] = " ".join(sorted(phrase for phrase in left if key in phrase))
        left = {phrase for phrase in left if key not in phrase}
    return phrases


def read_words() -> set[str]:
    """Words of simplified text: those that OpenCC's dictionaries name, and jieba's."""
    named = {
        found
        for config in ("tw2s", "s2tw")
        for name in list_dictionaries(config_file(config).read_text(encoding="utf-8"))
        for found in _read_rules(CONFIG.with_name(name))
    }
    return {to_simplified(word) for word in named} | named | set(stock().frequencies)


def list_kept(words: Iterable[str]) -> dict[str, str]:
    """Those of the words that hold a character of IN_BOTH_SCRIPTS which stays in them.

    It stays where OpenCC, having made the word traditional, leaves it in the way back: 显著 is
    顯著 in traditional script, a word that it knows. Words that hold another such word are left
    out, and so are words with characters that simplified text never has. 於 stays nowhere.
    """
    there = opencc.OpenCC("s2tw")
    kept: dict[str, set[str]] = {}
    for word in words:
        for character in (IN_BOTH_SCRIPTS - {"於"}).intersection(word):
            back, place = to_simplified(there.convert(word)), word.index(character)
            is_kept = len(back) == len(word) and back[place] == character
            if is_kept and not any(map(is_traditional, word)):
                kept.setdefault(character, set()).add(word)
    return {
        character: " ".join(
            sorted(word for word in of if not any(one in word for one in of - {word}))
        )
        for character, of in sorted(kept.items())
    }


def _most_common(words: Iterable[str]) -> str:
    """The character that is in most of the words, of several one that GB 2312 does not have."""
    n_of = Counter(character for word in words for character in set(word))
    return min(n_of, key=lambda c: (-n_of[c], bool(c.encode("gb2312", "ignore")), c))


if __name__ == "__main__":
    main()
