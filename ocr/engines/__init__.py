"""Where the words of a page come from: an OCR engine, or the text layer a born-digital page carries."""
