"""The parts of a searchable PDF/A-2b page: image, invisible text, font, colour profile, metadata.

`ocr.searchable` puts them together. Nothing here knows how a page was read.
"""
