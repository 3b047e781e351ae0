"""The line recogniser of Tesseract's language data, run over all lines of a page at once with numpy.

Tesseract reads line after line, a vector at a time. The same network over many lines is a product of matrices, at a third of
the cost.
"""
