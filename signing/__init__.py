"""A finished document is sealed, certified, and can be verified by anyone.

Does: hold keys, seal PDFs (PAdES), get time-stamps, judge signatures against a trust list and a policy. Does not: know
a database, a queue or a web request. `verify` works with bytes, trust and policy alone.
"""
