"""A stored page becomes the image the engine reads; the stored page itself is never changed.

With `ocr.layers` and `ingest.quality` the only place that imports cv2. Every step is skipped where the page does not need
it, and the whole way is one matrix, so that what was read can be put back on the stored pixels exactly.
"""
