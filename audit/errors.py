"""The one tree of errors that a user can meet, and the exit code of each family.

A reason to stop is a class of its own, defined beside the code that raises it and derived from one of the families
here. Messages are lower case, without a full stop, and never carry a value of a patient: name the file, row and field.
"""

from __future__ import annotations

import os


class AuditError(Exception):
    """Something the user can understand and act on; shown as one line, without a traceback."""

    exit_code = 70

    def __init__(self, message: str, *, hint: str = "") -> None:
        """Keep the message (one lower-case line) and the hint that says what to do next."""
        super().__init__(message)
        self.message = message
        self.hint = hint


class CheckFailedError(AuditError):
    """The check was made and found a problem: trail damaged, leak found, coder below target."""

    exit_code = 1


class UsageError(AuditError):
    """The command was given words or options that do not fit together."""

    exit_code = 2


class InputError(AuditError):
    """The input cannot be used; nothing was written."""

    exit_code = 3


class NotPermittedError(AuditError):
    """No key, a wrong passphrase, or a role without the right; nothing was opened."""

    exit_code = 4


class UnreadableFileError(InputError):
    """A file is absent, a folder, or not readable by this user."""

    @classmethod
    def at(cls, path: str | os.PathLike[str], error: OSError) -> UnreadableFileError:
        """Build the error for ``path`` from the operating system's refusal."""
        reason = (error.strerror or "cannot be read").lower()
        return cls(f"{os.fspath(path)}: {reason}", hint="check the path and its permissions")
