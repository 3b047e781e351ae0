"""The language pass: marks of words the engine was unsure of, weighed by syllable statistics. It chooses, it never invents."""
