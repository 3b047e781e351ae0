"""What the HTTP API and the pages share: identity of the caller, language, problem answers, bodies, downloads, page images."""
