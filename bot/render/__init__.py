"""Answer → terminal, Discord, JSON: pure functions, one file a surface."""
