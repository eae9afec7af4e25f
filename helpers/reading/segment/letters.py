"""The characters that decide where jieba may find words, and what counts as a word."""

import re

# What jieba can hold as one word: it cuts at every other character (、 and “” among them).
BLOCK = r"\u4e00-\u9fd5a-zA-Z0-9+#&._%-"
HAN = r"\u4e00-\u9fd5"

# Tokens without one of these are punctuation or blanks, and no running words.
WORD_CHARACTER = re.compile(r"\w")

# The parts of a block that are no Han: jieba joins the first ones into numbers and words.
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
SIGNS = "+#&._%-"
