"""The forms of a lexicon found in a text, to be compiled (see machine_code.py).

The forms are a tree: a state is a form or the beginning of one, and one more character leads
from a state to the next. From every character on, the text is followed as far as the tree goes.
"""

from typing import NamedTuple

import numpy as np

# What the characters of a text are, besides those that forms are made of.
IN_NO_FORM, PASSED_OVER = 0, -1
FORM, START, END, HOLDER, FREE = 0, 1, 2, 3, 4  # columns of what is found
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_ONE = np.uint64(1)


class Tree(NamedTuple):
    """Forms: `signs` by character, `roots` by sign, steps by what leads there, the rest by state.

    A character's sign is its number among those of which forms are made. A step stands in
    `steps` as state times number of signs plus sign, and in `states` the state it leads to; both
    are found by multiplication and the next free place. `forms` holds a form's number plus one,
    0 for what is only the beginning of one; `terms`, by form, the number of its term.
    """

    signs: np.ndarray
    roots: np.ndarray
    steps: np.ndarray
    states: np.ndarray
    shift: np.uint64
    forms: np.ndarray
    terms: np.ndarray


def add_steps(steps, states, tree):
    """Put each step, and the state that it leads to, into the tree's empty tables."""
    for i in range(len(steps)):
        place = _place_of(steps[i], tree)
        tree.steps[place] = steps[i]
        tree.states[place] = states[i]


def find_forms(characters, tree, reached, stack, found, n_found):
    """Write down every mention; what does not fit into `found` is only counted.

    A form inside a longer one of its own term is no mention. `reached` has a 0 for each term, and
    `stack` room for as many forms as can begin at one place.
    """
    n, holder, held_to = 0, 0, 0
    for start in range(len(characters)):
        depth = _list_forms_from(characters, start, tree, stack)
        is_free = depth > 0 and start >= held_to
        if is_free:
            holder, held_to = stack[depth - 1, 0], stack[depth - 1, 1]
        for i in range(depth - 1, -1, -1):
            form, end = stack[i, 0], stack[i, 1]
            term = tree.terms[form]
            if end > reached[term]:
                reached[term] = end
                if n < len(found):
                    found[n, FORM] = form
                    found[n, START] = start
                    found[n, END] = end
                    found[n, HOLDER] = holder
                    found[n, FREE] = 1 if is_free and i == depth - 1 else 0
                n += 1
    n_found[0] = n


def _list_forms_from(characters, start, tree, stack):
    """Put the forms that begin here on the stack, the shorter first; return how many they are."""
    sign = tree.signs[characters[start]]
    state = tree.roots[sign] if sign > 0 else 0
    depth, end = 0, start + 1
    while state != 0:
        if tree.forms[state] > 0:
            stack[depth, 0] = tree.forms[state] - 1
            stack[depth, 1] = end
            depth += 1
        at = end
        while at < len(characters) and tree.signs[characters[at]] == PASSED_OVER:
            at += 1
        if at == len(characters):
            break
        sign = tree.signs[characters[at]]
        state = _step(state, sign, tree) if sign > 0 else 0
        end = at + 1
    return depth


def _step(state, sign, tree):
    """The next state; 0 where there is none."""
    step = np.int64(state) * len(tree.roots) + sign
    place = _place_of(step, tree)
    return tree.states[place] if tree.steps[place] == step else np.int32(0)


def _place_of(step, tree):
    """Where the step stands, or could stand."""
    place = (np.uint64(step) * _SPREAD) >> tree.shift
    while tree.steps[place] != 0 and tree.steps[place] != step:
        place = (place + _ONE) & np.uint64(len(tree.steps) - 1)
    return place
