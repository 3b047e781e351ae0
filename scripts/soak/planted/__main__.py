"""`sohoa` with a planted bug."""

from __future__ import annotations

import sys
from importlib import import_module

from api.cli.main import main
from scripts.soak.planted import PLANTS

if __name__ == "__main__":
    import_module(PLANTS[sys.argv.pop(1)].module).plant()
    sys.exit(main())
