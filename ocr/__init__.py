"""A page becomes words, words become fields, a person has the last word.

Does: prepare a page for reading, recognise it, classify the paper, find its fields, build the searchable copy, and
apply the rules of review. Does not: store anything or change the pixels that are kept.
"""
