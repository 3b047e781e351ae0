"""What was made is kept, found again, reused, and provably unchanged.

Does: objects, records, the work queue's truth, codes, ledger, search. Does not: decide what a stage does; it fulfils the
ports of the stages and knows the shapes of what it keeps.
"""
