"""The repairs: each finds the edits it would make, in the order of the text.

They run one after another, each on what the one before left, and the whole row again until
nothing is left to do; so cleaning a cleaned text changes nothing.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from difflib import SequenceMatcher
from functools import lru_cache
from html import unescape
from itertools import accumulate

import numpy as np

from helpers.reading.clean.characters import (
    HAN,
    HAN_CHARACTER,
    code_points,
    count_telling,
    count_traditional,
    has_tone_mark,
    is_common,
    is_traditional,
    look_at,
    name_script,
    plain_letters,
    readings,
    simplify,
    to_simplified,
)
from helpers.reading.clean.edits import Edit, rewrite
from helpers.reading.words import few_words_tokenizer, stock

# --- html residue -------------------------------------------------------------------------

_BLOCK_TAGS = "p|br|div|li|ul|ol|tr|table|tbody|thead|h[1-6]|hr|section|article|blockquote|center"
_INLINE_TAGS = (
    "a|abbr|b|big|em|font|i|img|ins|s|small|span|strong|sub|sup|td|th|u|input|label|o:p|st1:\\w+"
    "|meta|link|html|body|head|title|form|iframe|figure|figcaption|header|footer|nav|main"
)
# Attributes must look like attributes, so that 若<a 或 b> stays what it is.
_ATTRIBUTES = r"""(?:\s+[a-z_:@][\w:.@-]*(?:\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>]+))?)*\s*/?"""
_TAG = re.compile(
    rf"<(?P<close>/?)(?P<name>{_BLOCK_TAGS}|{_INLINE_TAGS}){_ATTRIBUTES}>", re.I | re.A
)
_IS_BLOCK = re.compile(_BLOCK_TAGS, re.I)
_ENTITY = re.compile(r"&(?:amp;)*(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.I)
_HIDDEN_BLOCKS = (
    (re.compile("<!--"), re.compile("-->")),
    (re.compile(r"<script(?=[\s>])[^<>]{0,2000}>", re.I), re.compile(r"</script\s*>", re.I)),
    (re.compile(r"<style(?=[\s>])[^<>]{0,2000}>", re.I), re.compile(r"</style\s*>", re.I)),
)


def find_html(text: str) -> Iterator[Edit]:
    """Tags, comments, scripts and entities that a page left in its text.

    A block tag becomes a line end, a table cell ends with a tab, any other tag vanishes; an
    entity becomes its character. Angle brackets that are no html tag (x < y, <一>) stay.
    """
    if "<" not in text and "&" not in text:
        return
    hidden = _hidden_spans(text)
    end_of_last = 0
    for start, end, after in _merge(hidden, _tag_edits(text), _entity_edits(text)):
        if start >= end_of_last:
            yield Edit(start, end, after)
            end_of_last = end


def _hidden_spans(text: str) -> list[Edit]:
    spans = []
    for opening, closing in _HIDDEN_BLOCKS:
        position = 0
        while opened := opening.search(text, position):
            closed = closing.search(text, opened.end())
            if closed is None:
                break  # never closed: cutting to the end would lose the document
            spans.append(Edit(opened.start(), closed.end(), ""))
            position = closed.end()
    return spans


def _tag_edits(text: str) -> list[Edit]:
    return [
        Edit(*match.span(), _in_place_of(match["name"], match["close"]))
        for match in _TAG.finditer(text)
    ]


def _in_place_of(name: str, close: str) -> str:
    if _IS_BLOCK.fullmatch(name):
        return "\n"
    return "\t" if close and name.lower() in ("td", "th") else ""


def _entity_edits(text: str) -> list[Edit]:
    edits = []
    for match in _ENTITY.finditer(text):
        after = unescape(re.sub(r"^&(?:amp;)+", "&", match[0], flags=re.I))
        if not after.startswith("&") or after == "&":
            edits.append(Edit(*match.span(), after))
    return edits


def _merge(*edits: list[Edit]) -> list[Edit]:
    return sorted(
        (edit for found in edits for edit in found), key=lambda edit: (edit.start, -edit.end)
    )


# --- characters ---------------------------------------------------------------------------

_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Controls but tab and line end; soft hyphen, zero-width and direction marks, byte-order
# marks; variation selectors, which only choose a drawing of the character before.
_INVISIBLE = re.compile(
    "[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]+"
)
# Full-width letters and digits, a full-width stop between digits, half-width Chinese marks,
# and the space that html must not break.
_WIDTH = re.compile("[０-９Ａ-Ｚａ-ｚ]+|(?<=[0-9０-９])．(?=[0-9０-９])|[｡｢｣､]|\xa0+")
# Radicals and compatibility ideographs: other code points for characters that look the same.
_COMPATIBILITY = re.compile("[\u2e9f\u2ef3\u2f00-\u2fd5\uf900-\ufaff\U0002f800-\U0002fa1f]+")


def _finditer_if(worth_it: object, pattern: re.Pattern[str], text: str) -> Iterable[re.Match[str]]:
    return pattern.finditer(text) if worth_it else ()


def find_line_endings(text: str) -> Iterator[Edit]:
    r"""Line ends of other systems, pages and programs: \r\n, \r, form feed … become \n."""
    for match in _finditer_if(look_at(text).n_odd, _LINE_END, text):
        yield Edit(*match.span(), "\n")


def find_invisible(text: str) -> Iterator[Edit]:
    """Zero-width, direction and control characters: they split words that look whole."""
    for match in _finditer_if(look_at(text).n_odd, _INVISIBLE, text):
        yield Edit(*match.span(), "")


def find_width(text: str) -> Iterator[Edit]:
    """Full-width letters and digits (２０２０ -> 2020) and half-width Chinese marks (｡ -> 。)."""
    for match in _finditer_if(look_at(text).n_odd, _WIDTH, text):
        yield Edit(*match.span(), _in_usual_width(match[0]))


def _in_usual_width(characters: str) -> str:
    return unicodedata.normalize("NFKC", characters)


def find_compatibility(text: str) -> Iterator[Edit]:
    """Radicals and compatibility ideographs (⼯ -> 工), as pdf files give them."""
    for match in _finditer_if(look_at(text).n_odd, _COMPATIBILITY, text):
        after = unicodedata.normalize("NFKC", match[0])
        if after != match[0]:
            yield Edit(*match.span(), after)


# --- pinyin -------------------------------------------------------------------------------

# One or more bracket groups of lower-case Latin letters right after a Chinese character.
_LATIN_LOWER = "a-zà-öø-ÿāēěīōūńňǎǐǒǔǖǘǚǜǹḿ\u0300-\u036f"
_BLANKS = (" ", "\t", "\xa0", "\u3000")
_BLANK = f"[{''.join(_BLANKS)}]"
_BRACKET_AND_LETTER = re.compile(rf"[(（]{_BLANK}*[{_LATIN_LOWER}]")
_LETTERS = f"[{_LATIN_LOWER}]{{1,12}}"
_GROUP = rf"[(（]{_BLANK}*{_LETTERS}{_BLANK}*[)）]"
BRACKET_GROUP = re.compile(rf"{_BLANK}?[(（]{_BLANK}*({_LETTERS}){_BLANK}*[)）]")
# A search that begins with a bracket is many times faster than one that may begin with a blank.
_RUN_OF_BRACKETS = re.compile(rf"({_GROUP}(?:{_BLANK}?{_GROUP})*)")
# Annotated traditional characters are insertions when this share of them is annotated …
_LEAST_SHARE = 0.02
# … and without traditional script, when so many different common characters are, in words.
_LEAST_CHARACTERS = 3
# So many characters on either side show the word a character stands in.
_NEARBY = 40
# Answers kept, so that a hostile text cannot fill the memory with them.
_MEMORY = 1 << 15
_LONGEST_KEPT = 200
_VERY_LONG = 5_000_000


def find_pinyin(text: str) -> Iterator[Edit]:
    """Bracket groups that spell a reading of the character before, put there by a clone site.

    A gloss that an author wrote stays: see `find_annotations`.
    """
    return (edit for edit, inserted in find_annotations(text) if inserted)


def find_annotations(text: str) -> Iterator[tuple[Edit, bool]]:
    """Every bracket group that spells a reading of the character before; True if inserted.

    Repeated groups (好(hǎo)(hǎo)) and groups without a tone mark (的(de)) no author writes. The
    others are insertions if the text is full of them: on traditional characters, or on three
    different common characters inside words. Even then a rare character's (媵（yìng）) is an
    author's gloss; and so is a lone one, and each in a list of words to learn.
    """
    if not _may_hold_readings(text):
        return
    # A text of usual length is searched once; a very long one twice, which needs no memory.
    found = list(_matching_groups(text)) if len(text) < _VERY_LONG else None
    is_spun = _is_spun(text, _matching_groups(text) if found is None else found)
    for edit, repeated in _matching_groups(text) if found is None else found:
        character = text[edit.start - 1]
        inserted = (
            repeated
            or not has_tone_mark(text[edit.start : edit.end])
            or (is_spun and (is_common(character) or _is_converted_here(text, *edit[:2])))
        )
        yield edit, inserted


def _may_hold_readings(text: str) -> bool:
    # A search for a single character is many times faster than one for a pattern.
    has_bracket = "(" in text or "（" in text
    return has_bracket and _BRACKET_AND_LETTER.search(text) is not None


def remove_pinyin(text: str) -> str:
    """The text as the edits of `find_pinyin` leave it, in one stroke."""
    if len(text) >= _VERY_LONG:
        return rewrite(text, find_pinyin(text))[0]
    if not _may_hold_readings(text):
        return text
    pieces = _RUN_OF_BRACKETS.split(text)
    # Every second piece is a run of bracket groups; what is before it ends with a character.
    before, runs = pieces[:-1:2], pieces[1::2]
    is_spun = bool(runs) and _is_spun(text, _matching_groups(text))
    characters = [piece[-1:] for piece in before]
    left = list(map(_LEFT_OF_RUNS[is_spun].__getitem__, zip(characters, runs, strict=True)))
    if None in left:
        ends = list(accumulate(map(len, pieces)))[::2]
        for i in [i for i, one in enumerate(left) if one is None]:
            before[i], left[i] = _without_pinyin(text, before[i], runs[i], ends[i], is_spun)
    pieces[:-1:2], pieces[1::2] = before, left
    return "".join(pieces)


class _LeftOfRuns(dict[tuple[str, str], str | None]):
    """What is left of a run of groups behind a character; None where more must be known.

    One for texts that are full of insertions, one for others. A text may ask hundreds of times,
    which a dict answers faster than a function.
    """

    def __init__(self, *, is_spun: bool) -> None:
        super().__init__()
        self._is_spun = is_spun

    def __missing__(self, place: tuple[str, str]) -> str | None:
        if len(self) >= _MEMORY:
            self.clear()
        character, run = place
        end, is_sure, is_likely = _end_of_pinyin(character, run)
        if character in _BLANKS or (self._is_spun and end and not (is_sure or is_likely)):
            left = None
        else:
            left = run[end:] if is_sure or self._is_spun else run
        if len(run) <= _LONGEST_KEPT:
            self[place] = left
        return left


_LEFT_OF_RUNS = (_LeftOfRuns(is_spun=False), _LeftOfRuns(is_spun=True))


def _without_pinyin(text: str, before: str, run: str, start: int, is_spun: bool) -> tuple[str, str]:
    """What is left before a run of groups, which begins at `start`, and of the run."""
    n_blanks = before.endswith(_BLANKS)
    behind, brackets = before[: len(before) - n_blanks], text[start - n_blanks : start] + run
    end, is_sure, is_likely = _end_of_pinyin(behind[-1:], brackets)
    start -= n_blanks
    if is_sure or (
        is_spun and (is_likely or (end and _is_converted_here(text, start, start + end)))
    ):
        return behind, brackets[end:]
    return before, run


def _matching_groups(text: str) -> Iterator[tuple[Edit, bool]]:
    """The groups that spell a reading, and whether another stands right beside each."""
    for run in _RUN_OF_BRACKETS.finditer(text):
        first = start = run.start() - text.startswith(_BLANKS, max(run.start() - 1, 0), run.start())
        ends = _ends_of_readings(text[max(start - 1, 0) : start], text[start : run.end()])
        for end in ends:
            yield Edit(start, first + end, ""), len(ends) > 1
            start = first + end


def _ends_of_readings(character: str, brackets: str) -> tuple[int, ...]:
    """Where each of the first bracket groups ends that spells a reading of the character."""
    find = _find_ends if len(brackets) <= _LONGEST_KEPT else _find_ends.__wrapped__
    return find(character, brackets)


@lru_cache(_MEMORY)
def _find_ends(character: str, brackets: str) -> tuple[int, ...]:
    if not HAN_CHARACTER.match(character):
        return ()
    ends = []
    for group in BRACKET_GROUP.finditer(brackets):
        # A real gloss ends the run: what follows it no longer stands after a character.
        if plain_letters(group[1]) not in readings(character):
            break
        ends.append(group.end())
    return tuple(ends)


def _end_of_pinyin(character: str, brackets: str) -> tuple[int, bool, bool]:
    """Where the groups end that spell a reading (0 for none), and whether they are insertions.

    The first truth value says that no author writes such groups, the second that in a text full
    of insertions they are some too, because the character is a common one.
    """
    ends = _ends_of_readings(character, brackets)
    if not ends:
        return 0, False, False
    is_sure = len(ends) > 1 or not has_tone_mark(brackets[: ends[0]])
    return ends[-1], is_sure, is_common(character)


def _is_spun(text: str, groups: Iterable[tuple[Edit, bool]]) -> bool:
    """Whether the text is full of insertions, by the first groups that settle it."""
    least = _LEAST_SHARE * count_traditional(text)
    n_on_traditional = 0
    in_words: set[str] = set()
    for edit, _ in groups:
        character = text[edit.start - 1]
        n_on_traditional += is_traditional(character)
        if is_common(character) and _stands_in_a_word(text, edit):
            in_words.add(character)
        if n_on_traditional >= max(least, 1) or len(in_words) >= _LEAST_CHARACTERS:
            return True
    return False


def _is_converted_here(text: str, start: int, end: int) -> bool:
    """Whether script conversion changes the character before the group, in its word.

    甦 is traditional in 復甦 only, so the character alone does not tell.
    """
    before = BRACKET_GROUP.sub("", text[max(start - _NEARBY, 0) : start])
    after = BRACKET_GROUP.sub("", text[end : end + _NEARBY])
    converted = to_simplified(before + after)
    position = len(before) - 1
    return len(converted) == len(before + after) and converted[position] != before[position]


def _stands_in_a_word(text: str, edit: Edit) -> bool:
    before, after = edit.start - 2, edit.end
    return bool(
        (before >= 0 and HAN_CHARACTER.match(text[before])) or HAN_CHARACTER.match(text, after)
    )


# --- script -------------------------------------------------------------------------------

_BLOCK = 1 << 16


def find_script(text: str) -> Iterator[Edit]:
    """Traditional characters, by OpenCC `tw2s`, with the rules of `simplify`."""
    script = name_script(*count_telling(text))
    for start, end in _blocks(text):
        block = text[start:end]
        converted = simplify(block, script=script)
        if converted != block:
            yield from _changes(block, converted, start)


def convert(text: str) -> str:
    """The text as the edits of `find_script` leave it, in one stroke."""
    script = name_script(*count_telling(text))
    return "".join(simplify(text[start:end], script=script) for start, end in _blocks(text))


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Spans of some 65,000 characters that end with a line, or where nothing else offers."""
    start = 0
    while start < len(text):
        end = min(start + _BLOCK, len(text))
        if end < len(text):
            end = text.rfind("\n", start, end) + 1 or text.rfind("。", start, end) + 1 or end
        yield start, end
        start = end


def _changes(before: str, after: str, offset: int) -> Iterator[Edit]:
    if len(before) == len(after):
        for position in np.flatnonzero(code_points(before) != code_points(after)).tolist():
            yield Edit(offset + position, offset + position + 1, after[position])
        return
    # A phrase rule changed the length: align what stayed, and edit the stretches between.
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag != "equal":
            yield Edit(offset + start, offset + end, after[new_start:new_end])


# --- punctuation --------------------------------------------------------------------------

_CHINESE_MARKS = "“”‘’「」『』《》〈〉【】（）、。；：！？…"
# A clone puts an ASCII comma before the mark that stood there: 指出,, 成效,。 李,、
_DOUBLED = re.compile(
    rf"(?<!,),+([，、。；：！？])|(?<=[{HAN}0-9A-Za-z）)”’》」』】%％]),+(,)|(?<=[{HAN}])([，、。；：])\3(?!\3)"
)
_MARK_PAIR = re.compile("[,，、。；：][,，、。；：！？]")
# The comma comes first: a search for a single character is many times faster.
_COMMA_BESIDE_CHINESE = re.compile(
    f",(?:(?<=[{HAN}{_CHINESE_MARKS})],)|(?=[{HAN}{_CHINESE_MARKS}]))"
)


def find_doubled(text: str) -> Iterator[Edit]:
    """Two marks where one belongs: ,、 and ,, and ,。 and ，， become the second of them."""
    for match in _finditer_if(_MARK_PAIR.search(text), _DOUBLED, text):
        yield Edit(*match.span(), match[match.lastindex])


def find_commas(text: str) -> Iterator[Edit]:
    """An ASCII comma beside Chinese is a Chinese comma; 1,000 and a,b stay."""
    for match in _finditer_if("," in text, _COMMA_BESIDE_CHINESE, text):
        yield Edit(*match.span(), "，")


def replace_commas(text: str) -> str:
    """The text as the edits of `find_commas` leave it, in one stroke."""
    return _COMMA_BESIDE_CHINESE.sub("，", text) if "," in text else text


# --- line breaks --------------------------------------------------------------------------

_BEFORE_BREAK = f"[{HAN}0-9A-Za-z，、；：“‘（《〈]"
_AFTER_BREAK = f"[{HAN}0-9A-Za-z“‘（《〈”’）》〉，、；：。]"
# Where a line ends and the next goes on, each with one blank beside the break at most: a line
# that begins with an indent begins a paragraph. The blank before it is none of the match, since
# a search that begins with a line end is many times faster.
_BREAK = re.compile(rf"\n(?:(?<={_BEFORE_BREAK}\n)|(?<={_BEFORE_BREAK} \n)) ?(?={_AFTER_BREAK})")
_NARROW = re.compile("[\0-\u10ff]")
_AROUND = 8
_HAN_TAIL = re.compile(f"[{HAN}]*$")
_HAN_HEAD = re.compile(f"[{HAN}]*")
# A text is wrapped at a fixed width when its full lines break so often inside a word.
_LEAST_LINES = 4
_LEAST_WIDTH = 24  # columns
_LEAST_INSIDE = 0.2


def find_line_breaks(text: str) -> Iterator[Edit]:
    r"""Line breaks inside words (工作报\n告), and all at the margin of a text set in lines.

    A break is inside a word when jieba, with its own dictionary and no guessing, puts a word
    across it, and the two parts are not words themselves. A text counts as set in lines of a
    fixed width when at least a fifth of the breaks at the margin, between characters, are
    inside words; then all at the margin go.
    """
    breaks = [
        (match.start() - (text[match.start() - 1] == " "), match.end())
        for match in _BREAK.finditer(text)
    ]
    inside = [_is_inside_word(text, *place) for place in breaks]
    if not any(inside):  # then the text is not set in lines either
        return
    at_margin = _at_margin(text, breaks)
    # Breaks after a comma or a figure cannot be inside words, so they say nothing here.
    telling = [
        in_word
        for place, in_word, full in zip(breaks, inside, at_margin, strict=True)
        if full and _is_between_han(text, *place)
    ]
    is_set_in_lines = len(telling) >= _LEAST_LINES and sum(telling) >= _LEAST_INSIDE * len(telling)
    for place, in_word, full in zip(breaks, inside, at_margin, strict=True):
        if in_word or (full and is_set_in_lines):
            yield Edit(*place, "")


def _is_between_han(text: str, start: int, end: int) -> bool:
    return bool(HAN_CHARACTER.match(text, start - 1) and HAN_CHARACTER.match(text, end))


def _is_inside_word(text: str, start: int, end: int) -> bool:
    before = _HAN_TAIL.search(text[max(start - _AROUND, 0) : start])[0]
    after = _HAN_HEAD.match(text, end, end + _AROUND)[0]
    return bool(before and after) and _is_torn_apart(before, after)


@lru_cache(_MEMORY)
def _is_torn_apart(before: str, after: str) -> bool:
    """Whether a word of jieba's stands across the place where the two pieces meet."""
    # Seldom is there a word that might, and only then jieba is asked.
    if not any(_is_torn(*parts) for parts in _beginnings_across(before, after)):
        return False
    end = 0
    for word in few_words_tokenizer().lcut(before + after, HMM=False):
        start, end = end, end + len(word)
        if start < len(before) < end:
            return _is_torn(word[: len(before) - start], word[len(before) - start :])
    return False


def _beginnings_across(before: str, after: str) -> Iterator[tuple[str, str]]:
    """Each beginning of a word that stands across the place, words too, as its two parts."""
    frequency = stock().frequency
    for start in range(len(before)):
        left = before[start:]
        for end in range(1, len(after) + 1):
            if frequency(left + after[:end]) is None:
                break
            yield left, after[:end]


def _is_torn(left: str, right: str) -> bool:
    """Whether the two parts make a word and are not themselves words: 回顾 / 过去 may part."""
    frequency = stock().frequency
    if not frequency(left + right):
        return False
    both_stand_alone = len(left) > 1 and len(right) > 1 and frequency(left) and frequency(right)
    return not both_stand_alone


def _at_margin(text: str, breaks: list[tuple[int, int]]) -> list[bool]:
    """Whether each break ends a line as wide as the widest of them, give or take two characters.

    A Chinese character is two columns wide, a Latin letter one, as in print.
    """
    widths = [_columns(text[text.rfind("\n", 0, start) + 1 : start]) for start, _ in breaks]
    margin = max(widths)
    return [margin >= _LEAST_WIDTH and width >= margin - 4 for width in widths]


def _columns(line: str) -> int:
    return 2 * len(line) - len(_NARROW.findall(line))


REPAIRS: dict[str, Callable[[str], Iterator[Edit]]] = {
    "html": find_html,
    "line ending": find_line_endings,
    "invisible": find_invisible,
    "width": find_width,
    "compatibility": find_compatibility,
    "pinyin": find_pinyin,
    "script": find_script,
    "doubled mark": find_doubled,
    "comma": find_commas,
    "line break": find_line_breaks,
}

# What some repairs leave, found faster than by making their edits one by one.
AT_ONE_STROKE: dict[str, Callable[[str], str]] = {
    "pinyin": remove_pinyin,
    "script": convert,
    "comma": replace_commas,
}
