def without_boilerplate(text, *, headlines): return text
