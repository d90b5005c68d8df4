"""The command line: one module per noun. A command parses, calls one flow function and prints what it returns."""

from __future__ import annotations

import errno
import importlib
import sys
import traceback
from typing import NoReturn

import click

from audit import __version__
from audit.errors import AuditError, InputError

BUG = 70

# name → module in this package and the command object in it; imported only when the command is asked for, so that
# --help stays fast. Short help stands here for the same reason, and a test holds it against the command's own.
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("init", "Make a workspace, its database and its first officer."),
    "run": ("run", "Audit a quarter: read the tables, draw, check every code, score, report."),
    "findings": ("results", "Print every finding of an audit, one JSON object a line."),
    "codes": ("results", "Print every submitted code of the sample with its support, one JSON object a line."),
    "score": ("results", "Print the scores of an audit: per coder and overall, by every formula."),
    "review": ("review", "Exchange determinations: what persons decided of each line."),
    "report": ("results", "Write a report of an audit."),
    "tables": ("tables", "Import and list dated reference tables."),
    "packs": ("packs", "List packs of rules, and run their examples."),
    "rules": ("rules", "List rules, and show one as a page."),
    "sample": ("sample", "Draw a sample, or prove one."),
    "screen": ("screen", "Run every edit over all encounters of a plan's tables, without drawing."),
    "estimate": ("estimate", "Run one estimator on a JSON file of inputs; ``estimate list`` names them."),
    "plan": ("plan", "Show what a plan may say."),
    "deid": ("deid", "De-identify FILE (- for standard input)."),
    "export": ("export", "Export an audit de-identified: tables, documents, manifest, leak report."),
    "identity": ("identity", "Make identities."),
    "user": ("user", "Add, list and revoke members."),
    "keys": ("keys", "Hand on the keys of what was sealed earlier."),
    "trail": ("trail", "Show and verify what was done."),
}


class LazyGroup(click.Group):
    """A group that imports a command's module only when the command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of the main job."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return the command, or None."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"audit.cli.{COMMANDS[cmd_name][0]}")
        command = getattr(module, cmd_name.replace("-", "_"))
        assert isinstance(command, click.Command)  # noqa: S101 - a programming error, not an input
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from the table above, importing none of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="chartassay")
def cli() -> None:
    """Audit medical coding against the documentation: sample, check, decide, score, prove."""


def main() -> NoReturn:
    """Run the command line; every error the user can meet ends in one line on stderr and its exit code."""
    sys.exit(run_command(sys.argv[1:]))


def run_command(arguments: list[str]) -> int:  # noqa: PLR0911 - one line per way to end
    """Run one command line and return its exit code."""
    try:
        result = cli.main(args=arguments, prog_name="chartassay", standalone_mode=False)
    except AuditError as error:
        _complain(error.message, error.hint)
        return error.exit_code
    except click.exceptions.Abort:
        _complain("stopped before it was done", "nothing was written")
        return 2
    except click.ClickException as error:
        _complain(_lower_first(error.format_message()).rstrip("."), "see chartassay --help")
        return 2
    except SystemExit:  # click's answer to a reader that went away (| head), which is no failure
        return 0
    except OSError as error:
        return _cannot_print(error) if error.errno == errno.ENOSPC else _bug(error)
    except Exception as error:  # noqa: BLE001 - the last line of defence: a bug must not print a patient's values
        return _bug(error)
    return result if isinstance(result, int) else 0


def _cannot_print(error: OSError) -> int:
    _complain(f"the result cannot be printed: {(error.strerror or 'full').lower()}", "make room; what was done stands")
    return InputError.exit_code


def _bug(error: Exception) -> int:
    _complain(f"internal error: {type(error).__name__} at {_where(error)}", "this is a bug; please report that place")
    return BUG


def _where(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.filename}:{frame.lineno}"


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def _complain(message: str, hint: str) -> None:
    click.echo(f"chartassay: {message}", err=True)
    if hint:
        click.echo(f"chartassay: hint: {hint}", err=True)
