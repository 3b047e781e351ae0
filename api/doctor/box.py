"""The doctor's look at the child processes in which untrusted bytes are parsed: can they really not reach the network?"""

from __future__ import annotations

from api.doctor.check import Check, State
from api.settings import Settings
from ingest.cut_off import is_cut_off
from ingest.sandbox import ProcessBox


def box(settings: Settings) -> Check:
    """What a child says that tried."""
    with ProcessBox(settings.box.model_copy(update={"workers": 1})) as tried:
        shut = tried.run(is_cut_off)
    if shut:
        return Check("box", State.OK, "Tiến trình đọc tệp không ra được mạng.", "Processes that parse files reach no network.")
    vi = "Tiến trình đọc tệp vẫn mở được kết nối mạng (thiếu seccomp hoặc libseccomp)."
    en = "The processes that parse files can open network connections (no seccomp, or libseccomp is missing)."
    return Check("box", State.WARNING, vi, en, "sudo apt-get install libseccomp2")
