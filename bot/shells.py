"""
How shells are told what can be typed next: click's way, mended where names of strangers would break a command line.

A publisher's name may hold blanks, commas, quotes and dollar signs. In bash it is written so that it stays one word and
starts nothing; zsh and fish do that themselves. Addresses hold colons, at which bash begins a new word.
"""

import os
import re
from dataclasses import dataclass

from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
)

COMPLETE_VARIABLE = "_DATELINE_COMPLETE"  # which shells set, as click names it

_BASH = """\
# dateline's completion for bash 4.4 or newer.
# For this shell:  source <(dateline completion bash)
# For every shell: dateline completion bash > ~/.dateline-completion.bash
#                  echo 'source ~/.dateline-completion.bash' >> ~/.bashrc

%(complete_func)s() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
            plain,*) COMPREPLY+=("${line#plain,}") ;;
            file,*) compopt -o default ;;
            dir,*) compopt -o dirnames ;;
        esac
    done < <(COMP_TYPED="${COMP_LINE:0:COMP_POINT}" COMP_BREAKS="$COMP_WORDBREAKS" \\
        %(complete_var)s=bash_complete "$1" 2> /dev/null)
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""

_ZSH_NOTE = """
# dateline's completion for zsh.
# For this shell:  source <(dateline completion zsh)
# For every shell: mkdir -p ~/.zfunc && dateline completion zsh > ~/.zfunc/_dateline
#                  and in ~/.zshrc, before compinit: fpath=(~/.zfunc $fpath)
"""

_FISH = """\
# dateline's completion for fish.
# For this shell:  dateline completion fish | source
# For every shell: dateline completion fish > ~/.config/fish/completions/dateline.fish

function %(complete_func)s
    set -l response (env %(complete_var)s=fish_complete COMP_WORDS=(commandline -cp | string collect) \\
        COMP_CWORD=(commandline -ct | string collect) %(prog_name)s 2> /dev/null)
    for completion in $response
        set -l parts (string split -m 1 "," -- $completion)
        switch $parts[1]
            case dir
                __fish_complete_directories $parts[2]
            case file
                __fish_complete_path $parts[2]
            case plain
                echo $parts[2]
        end
    end
end

complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)"
"""

_UNSAFE = re.compile(r"[^\w@%+=:,./-]")
_UNSAFE_IN_QUOTES = re.compile(r'[$`"\\!]')


@dataclass(frozen=True, slots=True)
class TypedWord:
    """
    The last word of a half-typed line of bash.

    Attributes:
        text: What it means so far.
        quote: The quotation mark that is still open, or "".
        kept: What of it bash leaves as it is, since it begins a new word after a sign such as ":".
    """

    text: str = ""
    quote: str = ""
    kept: str = ""

    def completed(self, value: str) -> str:
        """Write what takes the place of the word, up to the last sign that bash takes for the beginning of one."""
        for typed in (self.kept, self.kept.partition("=")[2]):  # after --source= only the value is offered
            if value.casefold().startswith(typed.casefold()):
                value = value[len(typed) :]
                break
        if self.quote == "'":
            return value.replace("'", "'\\''")
        return (_UNSAFE_IN_QUOTES if self.quote else _UNSAFE).sub(r"\\\g<0>", value)


def read_line(line: str, *, breaks: str) -> tuple[list[str], TypedWord]:
    """
    Read a line of bash as far as it is typed.

    Args:
        line: Up to the cursor.
        breaks: The signs at which bash begins to complete anew.

    Returns:
        The whole words before, and the last one, which is empty after a blank.
    """
    words, text, kept, quote, begun = list[str](), "", "", "", False
    signs = iter(line)
    for sign in signs:
        if sign == quote:
            quote = ""
        elif sign == "\\" and quote != "'":
            text += next(signs, "")
        elif not quote and sign in "'\"":
            quote = sign
        elif not quote and sign.isspace():
            if begun:
                words.append(text)
            text, kept, begun = "", "", False
            continue
        else:
            text += sign
            kept = text if not quote and sign in breaks else kept
        begun = True
    return words, TypedWord(text, quote, kept)


class Bash(BashComplete):
    """Reads the line itself: bash would hand it over in pieces, cut at each colon."""

    source_template = _BASH
    _typed = TypedWord()

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the arguments before the word at the cursor, and that word."""
        line, breaks = os.environ.get("COMP_TYPED", ""), os.environ.get("COMP_BREAKS", "")
        words, self._typed = read_line(line, breaks=breaks)
        return words[1:], self._typed.text

    def format_completion(self, item: CompletionItem[str]) -> str:
        """Write one completion on a line."""
        return f"{item.type},{self._typed.completed(item.value) if item.type == 'plain' else ''}"


class Zsh(ZshComplete):
    """Click's own, with a word on how it is installed."""

    source_template = ZshComplete.source_template.replace("\n", _ZSH_NOTE, 1).replace(
        "zsh_complete %(prog_name)s)", "zsh_complete %(prog_name)s 2> /dev/null)"
    )


class Fish(FishComplete):
    """Names may hold commas."""

    source_template = _FISH


SHELLS: dict[str, type[ShellComplete]] = {"bash": Bash, "zsh": Zsh, "fish": Fish}


def teach_click() -> None:
    """Let click ask these in place of its own."""
    for name, kind in SHELLS.items():
        add_completion_class(kind, name)
