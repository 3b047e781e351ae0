"""Pages for print: paragraphs, tables and pictures set in the Liberation fonts as PDF/A-2b.

Reports, registers and wording pages are described by `ocr.typeset.model` and written by `build` and `write`. Nothing here
knows what a page is about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.late import Late

if TYPE_CHECKING:
    from ocr.typeset.document import build as build
    from ocr.typeset.document import write as write
else:
    build = Late("ocr.typeset.document", "build")
    write = Late("ocr.typeset.document", "write")
