"""Certified electronic copies (chứng thực bản sao điện tử, sao y), their registers and the public check."""
