"""Forms found by machine code, for much text: the same mentions, in a fifth of the time."""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from helpers.counting.lexicon import tree
from helpers.reading.machine_code import MachineCode
from helpers.reading.segment.arrays import size_of_table

_REPLACEMENT, _SURROGATES = 0xFFFD, slice(0xD800, 0xE000)


class CompiledSearch:
    """Finds forms, given without what is passed over; threads may share it."""

    def __init__(
        self, forms: Sequence[str], terms: NDArray[np.int64], passed_over: NDArray[np.bool_]
    ) -> None:
        """A search; the code is compiled or loaded here.

        `terms` has the number of each form's term, and `passed_over` says of each character
        whether it is. Raises CannotCompileError where there can be no code.
        """
        self._find = _compiled_find_forms()
        self._tree = _grow(forms, terms, passed_over)
        self._n_terms = int(terms.max(initial=-1)) + 1
        self._longest = max(map(len, forms), default=0)

    def find(self, characters: NDArray[np.uint32]) -> NDArray[np.int64]:
        """A row per mention: form, start, end, the form that holds the place, whether that is it.

        In reading order, the longer first where two begin together.
        """
        found = np.empty((len(characters) // 4 + 16, 5), np.int64)
        while True:
            n_found = np.zeros(1, np.int64)
            reached = np.zeros(self._n_terms, np.int64)
            stack = np.empty((self._longest, 2), np.int64)
            self._find(characters, self._tree, reached, stack, found, n_found)
            n = int(n_found[0])
            if n <= len(found):
                return found[:n]
            found = np.empty((n, 5), np.int64)


def _grow(
    forms: Sequence[str], terms: NDArray[np.int64], passed_over: NDArray[np.bool_]
) -> tree.Tree:
    """The tree of the forms."""
    sign_of = {character: i for i, character in enumerate(sorted(set("".join(forms))), start=1)}
    n_signs = len(sign_of) + 1
    state_of: dict[int, int] = {}
    ends = []
    for form in forms:
        state = 0
        for character in form:
            step = state * n_signs + sign_of[character]
            state = state_of.setdefault(step, len(state_of) + 1)
        ends.append(state)
    made = _empty_tree(n_signs, len(state_of), terms)
    made.signs[passed_over] = tree.PASSED_OVER
    made.signs[[ord(character) for character in sign_of]] = list(sign_of.values())
    # Half a surrogate pair is no character, and shown as the mark of one that is lost.
    made.signs[_SURROGATES] = made.signs[_REPLACEMENT]
    steps = np.fromiter(state_of, np.int64, len(state_of))
    states = np.fromiter(state_of.values(), np.int32, len(state_of))
    is_first = steps < n_signs
    made.roots[steps[is_first]] = states[is_first]
    _compiled_add_steps()(steps[~is_first], states[~is_first], made)
    made.forms[ends] = np.arange(1, len(forms) + 1)
    return made


def _empty_tree(n_signs: int, n_states: int, terms: NDArray[np.int64]) -> tree.Tree:
    """Tables with room for so many states, and no step in them yet."""
    n_places, shift = size_of_table(n_states)
    return tree.Tree(
        signs=np.full(0x110000, tree.IN_NO_FORM, np.int32),
        roots=np.zeros(n_signs, np.int32),
        steps=np.zeros(n_places, np.int64),
        states=np.zeros(n_places, np.int32),
        shift=shift,
        forms=np.zeros(n_states + 1, np.int32),
        terms=terms,
    )


@cache
def _compiled_add_steps() -> MachineCode:
    return MachineCode(
        tree.add_steps, np.zeros(0, np.int64), np.zeros(0, np.int32),
        _empty_tree(1, 0, np.zeros(0, np.int64)),
    )  # fmt: skip


@cache
def _compiled_find_forms() -> MachineCode:
    numbers = np.zeros(0, np.int64)
    table = np.zeros((0, 2), np.int64)
    return MachineCode(
        tree.find_forms, np.zeros(0, np.uint32), _empty_tree(1, 0, numbers), numbers, table, table,
        np.zeros(1, np.int64),
    )  # fmt: skip
