"""The command `completion`."""

import click

from bot.shells import COMPLETE_VARIABLE, SHELLS


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion_command(context: click.Context, shell: str) -> None:
    """
    Print the script that lets a shell complete commands, options, publishers, topics, sources and article ids.

    The first lines of the script say how it is kept. Names come from the index in force, and where there is none,
    nothing is offered.

    \b
    Examples:
      source <(dateline completion bash)
      dateline completion zsh > ~/.zfunc/_dateline
      dateline completion fish > ~/.config/fish/completions/dateline.fish
    """
    kind = SHELLS[shell]
    click.echo(kind(context.find_root().command, {}, "dateline", COMPLETE_VARIABLE).source(), nl=False)
