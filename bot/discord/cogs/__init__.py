"""One file a group of commands; a cog receives, delegates and sends."""
