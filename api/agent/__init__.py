"""The signing agent: a small program on the signer's own desk that lends a key, kept there, to the product's web pages."""
