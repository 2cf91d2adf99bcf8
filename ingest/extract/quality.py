from dataclasses import dataclass
def signs_of(tree, *, is_free): return None
def flaw(title, text, signs): return None
def is_truncated(text): return False
