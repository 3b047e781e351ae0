"""A verdict for people and for machines: sentences for a lay auditor, JSON with a schema, and a page to print.

The parts: `words` (headlines, times, sentences), `schema` (the JSON document), `outline` (what a printed report says, in
order), `html` and `pdf` (how it looks). Nothing here judges.
"""

from signing.report.schema import as_json as as_json
from signing.report.words import VIETNAM as VIETNAM
from signing.report.words import headline as headline
from signing.report.words import sentences as sentences
