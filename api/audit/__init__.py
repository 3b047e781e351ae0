"""Many files judged in one run: a folder, a range of days, a register book.

`engine` drives the judging, `journal` makes it resumable, `subjects` says what is to be judged, `results` writes what came
out. Nothing here judges: `signing.verify` does, in child processes.
"""
