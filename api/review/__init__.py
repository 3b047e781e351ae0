"""People have the last word on papers: worklist, leases, rounds of review. The rules themselves stand in `ocr.review`."""
