"""The visible marks of signatures: typeface, layout, free space, appearance, wording.

Knows pages and shapes, nothing of keys or of PDF signatures; `signing.seal` puts the finished appearance into a field.
"""
