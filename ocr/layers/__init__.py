"""A page image as mixed raster content: the dark strokes as lossless masks, seals and pictures as sharp patches, the paper below.

Source of the model: ISO/IEC 16485 (MRC). No symbol is ever taken for another one: masks are CCITT Group 4 (ITU-T T.6), bit
for bit. A page is taken apart only where the guard finds the result alike (`ocr.layers.guard`).
"""
