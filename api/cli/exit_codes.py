"""The one table of exit codes of every `sohoa` command; the documentation is made from these docstrings."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """How a command ended. Values from 64 on follow BSD `sysexits`; 130 and 141 are the shell's own custom."""

    OK = 0
    """Everything asked for was done; `verify`: every file is TOTAL-PASSED. Papers waiting for review are no failure."""
    FAILED = 1
    """The work was done and the answer is bad: `verify` found TOTAL-FAILED, `ledger verify` a break, `doctor` something
    missing, `digitise` papers that need a person's attention."""
    USAGE = 2
    """The command was written wrongly; nothing was done."""
    INDETERMINATE = 3
    """`verify`: no file failed, but at least one could not be decided."""
    REFUSED = 4
    """At least one file named on the command line, or one that looks like a scan, is absent, unreadable or was refused;
    the others were done. Side files of other types in a folder do not count."""
    NOT_FOUND = 5
    """There is no record, step or paper under the code given."""
    UNAVAILABLE = 69
    """Something the work needs does not answer or is not installed: database, store, broker, recognition engine, disk."""
    SOFTWARE = 70
    """A defect of Sohoa; the log named on standard error has the details."""
    CONFIG = 78
    """A setting is wrong or unknown."""
    INTERRUPTED = 130
    """Stopped by Ctrl-C; what was received stays received, the same command goes on where it stopped."""
    BROKEN_PIPE = 141
    """Whoever read the output has gone (`sohoa search … | head`)."""


def worst(codes: list[ExitCode]) -> ExitCode:
    """The one code that stands for several files: unavailable, failed, refused, indeterminate, in this order."""
    for code in (ExitCode.UNAVAILABLE, ExitCode.FAILED, ExitCode.REFUSED, ExitCode.INDETERMINATE):
        if code in codes:
            return code
    return ExitCode.OK
