"""jieba's algorithm, to be compiled: code points in, numbers of types out.

Plain Python, written as machine_code.py wants it: that makes `cut_texts` and `add_words`
machine code, with all they call inside. The sums run in jieba's order and ties go jieba's way,
as in exact.py, which is the readable version of what stands here.

A state is a word or the beginning of one: 0 is none, and one more character leads from a
state to the next. All steps stand in one table of 64-bit numbers, found by multiplication and
the next free place: 39 bits for state and character, 23 for the next state, one to say whether
anything goes on from there, so that most words end without a search that finds nothing.
"""

from typing import NamedTuple

import numpy as np

from helpers.reading.segment.arrays import END_OF_HAN, FIRST_HAN, HAN, LETTER, OUTSIDE

MOST_STATES = 2**22

# One character is a type's own place in Book.known up to here, its state after that.
N_CHARACTERS = 0x10000

NO_STATE, TO_FIND = 0, -1  # of a token that is no word of the dictionary, or was put together
START, LENGTH, PLACE, BEFORE = 0, 1, 2, 3  # columns of Book.types
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_LOW_24 = np.uint64(0xFFFFFF)
_ONE = np.uint64(1)


class Words(NamedTuple):
    """A dictionary: `kinds` and `roots` by character, `slots` by step, `scores` by state.

    `roots` and `slots` hold a state times two, plus one where longer words go on from it.
    `scores` are logarithms of probabilities, minus infinity where a state is no word.
    """

    kinds: np.ndarray
    roots: np.ndarray
    slots: np.ndarray
    shift: np.uint64
    scores: np.ndarray
    unknown: float


class Book(NamedTuple):
    """Where tokens and types are written down; `n` counts tokens and types.

    `ids` has a place per token, `types` a row per type: start, length, where in `known` it
    stands, and the type before it in its bucket. A type is known again by its one character
    or by its state (`known`: characters first, then states) or by its spelling (`buckets`).
    Numbers in these are one too large, so that 0 means not seen.
    """

    n: np.ndarray
    ids: np.ndarray
    types: np.ndarray
    known: np.ndarray
    buckets: np.ndarray


class Desk(NamedTuple):
    """Room to work on one block.

    By place, `sums` of log probabilities to the block's end and `ways`: the end and the state
    of the word that begins there. By token, `cuts`: its end and its state, if that is known.
    By place again, `back`: the state before each state on the model's likeliest way.
    """

    sums: np.ndarray
    ways: np.ndarray
    cuts: np.ndarray
    back: np.ndarray


def _step(words, state, character):
    """The next state times two, plus one where words go on from it; 0 where there is none."""
    key = (np.uint64(state) << np.uint64(16)) | np.uint64(character)
    place = (key * _SPREAD) >> words.shift
    while True:
        slot = words.slots[place]
        if slot == np.uint64(0):
            return 0
        if slot >> np.uint64(24) == key:
            return np.int64(slot & _LOW_24)
        place = (place + _ONE) & np.uint64(len(words.slots) - 1)


def add_words(characters, ends, order, words):
    """Fill roots and slots with words, taken in an order of growing length.

    Word i ends before characters[ends[i]], where the next begins; the nth in order gets the
    state n + 1. Every beginning of a word must be among the words. A word with characters that
    stand in no block is left out: no text can lead to it.
    """
    for n in range(len(order)):
        word = order[n]
        begin = ends[word - 1] if word else 0
        fits = True
        for at in range(begin, ends[word]):
            if characters[at] >= END_OF_HAN or words.kinds[characters[at]] == OUTSIDE:
                fits = False
        if fits:
            _add_word(characters, begin, ends[word] - 1, n + 1, words)


def _add_word(characters, begin, last, state, words):
    if begin == last:
        words.roots[characters[begin]] = state * 2
        return
    before = words.roots[characters[begin]] >> 1
    words.roots[characters[begin]] |= 1
    for at in range(begin + 1, last):
        key = (np.uint64(before) << np.uint64(16)) | np.uint64(characters[at])
        place = _place_of(words, key)
        words.slots[place] |= _ONE
        before = np.int64(words.slots[place] & _LOW_24) >> 1
    key = (np.uint64(before) << np.uint64(16)) | np.uint64(characters[last])
    place = _place_of(words, key)
    words.slots[place] = (key << np.uint64(24)) | np.uint64(state * 2)


def _place_of(words, key):
    """Where the key stands, or could stand, among the slots."""
    place = (key * _SPREAD) >> words.shift
    while words.slots[place] != np.uint64(0) and words.slots[place] >> np.uint64(24) != key:
        place = (place + _ONE) & np.uint64(len(words.slots) - 1)
    return place


def cut_texts(characters, offsets, words, model, hmm, book, desk, token_offsets):
    """Write down all tokens of the texts; text i is characters[offsets[i]:offsets[i + 1]]."""
    for text in range(len(offsets) - 1):
        at, end = offsets[text], offsets[text + 1]
        while at < end:
            stop = at
            while stop < end and _kind(words, characters[stop]) != OUTSIDE:
                stop += 1
            if stop > at:
                n = _cut_block(characters[at:stop], words, model, hmm, desk)
            else:
                # jieba cuts at each other character, and keeps only \r\n together.
                is_line_end = characters[at] == 13 and at + 1 < end and characters[at + 1] == 10
                n = _put(desk, 0, 2 if is_line_end else 1, NO_STATE)
            at = _note_tokens(characters, at, n, words, book, desk)
        token_offsets[text + 1] = book.n[0]


def _kind(words, character):
    return words.kinds[character] if character < END_OF_HAN else OUTSIDE


def _find_best_ends(block, words, desk):
    """For each place, the end and the state of the word that begins there on the best way."""
    length = len(block)
    desk.sums[length] = 0.0
    for start in range(length - 1, -1, -1):
        best = -np.inf
        best_end, best_state = start + 1, 0
        end = start + 1
        reached = np.int64(words.roots[block[start]])
        while reached != 0:
            candidate = words.scores[reached >> 1] + desk.sums[end]
            if candidate >= best and candidate > -np.inf:
                best, best_end, best_state = candidate, end, reached >> 1
            if end == length or reached & 1 == 0:
                break
            reached = _step(words, reached >> 1, block[end])
            end += 1
        if best == -np.inf:
            best = words.unknown + desk.sums[start + 1]
        desk.sums[start] = best
        desk.ways[start, 0] = best_end
        desk.ways[start, 1] = best_state


def _put(desk, n, end, state):
    """Put one more cut on the desk: a token ends here; return how many there are now."""
    desk.cuts[n, 0] = end
    desk.cuts[n, 1] = state
    return n + 1


def _cut_block(block, words, model, hmm, desk):
    """Put the block's cuts on the desk, and return how many tokens they make.

    Without guessing, single letters and digits in a row become one token; with it, single
    characters in a row may be a word unknown so far.
    """
    _find_best_ends(block, words, desk)
    start, singles, n = 0, 0, 0
    while start < len(block):
        end = desk.ways[start, 0]
        if end - start == 1 and (hmm or words.kinds[block[start]] == LETTER):
            singles += 1
        else:
            if singles:
                n = _join_singles(block, start - singles, start, n, words, model, hmm, desk)
                singles = 0
            n = _put(desk, n, end, desk.ways[start, 1])
        start = end
    if singles:
        n = _join_singles(block, start - singles, start, n, words, model, hmm, desk)
    return n


def _join_singles(block, begin, stop, n, words, model, hmm, desk):
    if stop - begin == 1:
        return _put(desk, n, stop, NO_STATE)
    if not hmm:
        return _put(desk, n, stop, TO_FIND)
    # A run that is itself a word was cut because its characters together are likelier.
    state = _state_of(block, begin, stop, words)
    if state and words.scores[state] > -np.inf:
        for at in range(begin, stop):
            n = _put(desk, n, at + 1, NO_STATE)
        return n
    at = begin
    while at < stop:
        kind = words.kinds[block[at]]
        end = at + 1
        while end < stop and words.kinds[block[end]] == kind:
            end += 1
        if kind == HAN:
            n = _guess_words(block, at, end, n, model, desk)
        else:
            end = _end_of_number(block, end, stop, words) if kind == LETTER else end
            n = _put(desk, n, end, TO_FIND)
        at = end
    return n


def _end_of_number(block, end, stop, words):
    """Where letters and digits that stop here end, with decimals and a percent sign if any."""
    if end + 1 < stop and block[end] == 46 and _is_digit(block[end + 1]):
        end += 2
        while end < stop and _is_digit(block[end]):
            end += 1
    if end < stop and block[end] == 37:
        end += 1
    return end


def _is_digit(character):
    return 48 <= character <= 57


def _guess_words(block, begin, stop, n, model, desk):
    """Put the words that Viterbi's path through B (0), M (1), E (2) and S (3) makes.

    Of equal sums the later letter's wins: B before E before M before S.
    """
    back = desk.back
    _find_states(block[begin:stop], model, back)
    for at in range(begin, stop):
        if back[at - begin, 0] == 2:
            n = _put(desk, n, at + 1, TO_FIND)
        elif back[at - begin, 0] == 3:
            n = _put(desk, n, at + 1, NO_STATE)
    return n


def _find_states(han, model, back):
    """Leave the likeliest state of each character in the first column of `back`."""
    across = model.across
    first = model.seen[han[0] - FIRST_HAN]
    b, m = model.start[0] + first[0], model.start[1] + first[1]
    e, s = model.start[2] + first[2], model.start[3] + first[3]
    for i in range(1, len(han)):
        seen = model.seen[han[i] - FIRST_HAN]
        from_e, from_s = e + across[2, 0] + seen[0], s + across[3, 0] + seen[0]
        to_b, back[i, 0] = (from_s, 3) if from_s >= from_e else (from_e, 2)
        from_b, from_m = b + across[0, 1] + seen[1], m + across[1, 1] + seen[1]
        to_m, back[i, 1] = (from_m, 1) if from_m >= from_b else (from_b, 0)
        from_b, from_m = b + across[0, 2] + seen[2], m + across[1, 2] + seen[2]
        to_e, back[i, 2] = (from_m, 1) if from_m >= from_b else (from_b, 0)
        from_e, from_s = e + across[2, 3] + seen[3], s + across[3, 3] + seen[3]
        to_s, back[i, 3] = (from_s, 3) if from_s >= from_e else (from_e, 2)
        b, m, e, s = to_b, to_m, to_e, to_s
    state = 3 if s >= e else 2
    for i in range(len(han) - 1, -1, -1):
        before = back[i, state]
        back[i, 0] = state
        state = before


def _state_of(characters, start, stop, words):
    """The state that the characters lead to; 0 when they are no beginning of a word."""
    reached = np.int64(words.roots[characters[start]])
    for at in range(start + 1, stop):
        if reached & 1 == 0:
            return 0
        reached = _step(words, reached >> 1, characters[at])
    return reached >> 1


def _note_tokens(characters, start, n, words, book, desk):
    """Write down the tokens on the desk, of which the first starts here; return the end."""
    first = start
    for i in range(n):
        stop, state = first + desk.cuts[i, 0], np.int64(desk.cuts[i, 1])
        if state == TO_FIND:
            state = _state_of(characters, start, stop, words)
        _note(characters, start, stop - start, state, book)
        start = stop
    return start


def _note(characters, start, length, state, book):
    """Write down one token; `state` 0 means that no dictionary holds it (or one character)."""
    place = 0
    if length == 1 and characters[start] < N_CHARACTERS:
        place = np.int64(characters[start])
    elif state:
        place = N_CHARACTERS + state
    if place:
        known = np.int64(book.known[place])
        if known == 0:
            known = _new_type(start, length, place, book)
            book.known[place] = known
    else:
        known = _by_spelling(characters, start, length, book)
    book.ids[book.n[0]] = known - 1
    book.n[0] += 1


def _by_spelling(characters, start, length, book):
    spelled = np.uint64(length)
    for at in range(start, start + length):
        spelled = (spelled ^ np.uint64(characters[at])) * _SPREAD
        spelled ^= spelled >> np.uint64(29)
    bucket = np.int64(spelled & np.uint64(len(book.buckets) - 1))
    known = np.int64(book.buckets[bucket])
    while known != 0:
        if _is_spelled_like(characters, start, length, book.types[known - 1]):
            return known
        known = np.int64(book.types[known - 1, BEFORE])
    known = _new_type(start, length, 0, book)
    book.types[known - 1, BEFORE] = book.buckets[bucket]
    book.buckets[bucket] = known
    return known


def _is_spelled_like(characters, start, length, row):
    if row[LENGTH] != length:
        return False
    i = 0
    while i < length and characters[start + i] == characters[row[START] + i]:
        i += 1
    return i == length


def _new_type(start, length, place, book):
    """Write down one type, and return its number plus one."""
    row = book.types[book.n[1]]
    row[START] = start
    row[LENGTH] = length
    row[PLACE] = place
    book.n[1] += 1
    return book.n[1]
