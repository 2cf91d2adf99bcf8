"""
A conversation in a terminal: `dateline chat`.

command → talk (what a line does) → conversations (what is kept of it) and render (how it looks); prompt reads lines.
"""
