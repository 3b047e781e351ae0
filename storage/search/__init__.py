"""Full text search: folding, query reading, snippets, and one adapter for each database. Disposable and rebuildable."""
