"""A process gives up what a parser never needs: sockets, and the ways to reach into other processes or the kernel.

The filter (seccomp, by libseccomp) needs no rights, cannot be taken back, and holds for every program started afterwards. A
refused call fails with EACCES. Where the kernel or the library is missing, `cut_off` says so instead.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import socket

try:
    import pyseccomp
except (ImportError, OSError, RuntimeError):  # no Linux, or libseccomp.so.2 is not installed
    pyseccomp = None

log = logging.getLogger(__name__)

REFUSED = (
    "socket",  # also local ones: databases and agents listen there; socketpair() stays
    "io_uring_setup",  # opens sockets behind the filter's back
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "pidfd_getfd",
    "bpf",
    "perf_event_open",
    "userfaultfd",
    "add_key",
    "request_key",
    "keyctl",
    "mount",
    "unshare",
    "setns",
    "open_by_handle_at",
)


def cut_off() -> bool:
    """Refuse these calls from here on; False where that cannot be done."""
    if pyseccomp is None:
        return False
    try:
        rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
        for name in REFUSED:
            with contextlib.suppress(ValueError):  # a call that this libseccomp does not know yet, nor the kernel it came with
                rules.add_rule(pyseccomp.ERRNO(errno.EACCES), name)
        rules.load()
    except OSError as error:
        log.warning("parsers keep their sockets: %s", error.strerror)
        return False
    return True


def is_cut_off() -> bool:
    """Whether this process cannot open a socket."""
    for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX):
        try:
            socket.socket(family).close()
        except PermissionError:
            continue
        except OSError:  # a machine without this family
            continue
        return False
    return True
