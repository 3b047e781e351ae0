"""The hot folder of the settings, watched by a thread of each worker process; looking twice is harmless."""

from __future__ import annotations

import logging
import threading

from api.hot.watcher import Watcher
from api.wiring import Sohoa
from ingest.errors import CodedError

log = logging.getLogger(__name__)


class HotFolder:
    """One watcher thread, or nothing where no folder is named."""

    def __init__(self, sohoa: Sohoa) -> None:
        """Raises HotMapWrong."""
        options = sohoa.settings.hot
        self._seconds = options.poll_seconds
        self._watcher = Watcher(sohoa, options.folder, options) if options.folder else None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hot-folder", daemon=True)

    def start(self) -> None:
        """Look now, then every so often."""
        if self._watcher is not None:
            self._thread.start()

    def stop(self) -> None:
        """Finish the file in hand and leave."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)
        if self._watcher is not None:
            self._watcher.close()

    def _run(self) -> None:
        told = ""
        while self._watcher is not None:
            try:
                self._watcher.look()
                told = ""
            except CodedError as error:
                if error.code != told:  # once, not every two seconds for as long as a share is away
                    log.warning("hot folder not looked at: %s", error.code)
                told = error.code
            except Exception:
                log.exception("hot folder: unexpected failure, looked at again")
            if self._stop.wait(self._seconds):
                return
