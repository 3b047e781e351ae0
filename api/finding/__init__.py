"""What makes kept records findable: the index, saved searches, the office's own syllables."""
