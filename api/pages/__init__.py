"""The pages of a paper under a clerk's hand: new layers over untouched captures."""
