"""Pages for print: paragraphs, tables and pictures set in the Liberation fonts as PDF/A-2b.

Reports, registers and wording pages are described by `ocr.typeset.model` and written by `ocr.typeset.document`. Nothing here
knows what a page is about.
"""
