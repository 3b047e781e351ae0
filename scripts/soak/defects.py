"""What the log of a process tells of failures nobody thought of, apart from the noise that the clock step makes itself.

A sleep in a process whose clock libfaketime steps ends in EINVAL, thousands of times (a plain Python loop shows it);
no kernel does that to a sleep of positive length (clock_nanosleep(2)). So in such a life, and in no other, a failed
sleep is the fault's own noise.
"""

from __future__ import annotations

import linecache
import re
from importlib.util import find_spec

_LIFE = "=== a process begins"
_STEPPED = f"{_LIFE}, its clock will step"
_DEFECT = re.compile(
    r"^.*(?:failed unexpectedly|raised unexpected|Exception in ).*|(?<=\n)[a-z][\w.]*\.\w+(?:Error|Exception)\b.*", re.MULTILINE
)
"""Lines that tell of a failure, and the last line of a traceback."""
_THREAD = "Exception in thread"
_FAKED_SLEEP = re.compile(
    rf"^.*{_THREAD}(?:(?!{_THREAD})[\s\S])*?time\.sleep\((?:.*\n){{1,4}}?.*\[Errno 22\] Invalid argument.*$", re.MULTILINE
)
_OS_ERROR = re.compile(r"failed unexpectedly: OSError at (\w+)\.py:(\d+) ")
_ERROR = re.compile(r"\w(?:Error|Exception)\b")


def beginning(*, stepped: bool) -> str:
    """The line of a log with which a process begins; `stepped` if its clock will be stepped."""
    return f"{_STEPPED if stepped else _LIFE}\n"


def defects_told(text: str) -> list[str]:
    """Each failure once, in the order of the log `text`."""
    told = dict[str, None]()
    for life in re.split(rf"^(?={_LIFE})", text, flags=re.MULTILINE):
        stepped = life.startswith(_STEPPED)
        heard = _whole(_FAKED_SLEEP.sub("", life)) if stepped else life
        told |= dict.fromkeys(one for one in _DEFECT.findall(heard) if not (stepped and _slept(one)))
    return list(told)


def _whole(life: str) -> str:
    """Without a last traceback that the end of the process, which a stepped clock always brings, cut short of its error."""
    last = life.rfind(_THREAD)
    return life if last < 0 or _ERROR.search(life, last + len(_THREAD)) else life[:last].rpartition("\n")[0] + "\n"


def _slept(told: str) -> bool:
    """Whether the line of the standard library in which an OSError came up is one that sleeps."""
    place = _OS_ERROR.search(told)
    module = find_spec(place[1]) if place else None
    return bool(place and module and module.origin and "time.sleep(" in linecache.getline(module.origin, int(place[2])))
