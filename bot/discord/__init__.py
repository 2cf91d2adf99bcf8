"""The Discord bot: a client, its cogs and the queue of questions. Only the command `bot` loads it."""
