"""The hot folder: scans that appear in a folder, a network share too, are taken in by themselves.

Promise: a source file is renamed, never copied away or deleted; it reaches the folder of received files only after its bytes are
durable, their row is committed and the stored bytes were read back; two watchers never take the same file; a kill at any point
loses nothing and doubles nothing, because whoever comes next goes on with the same claim into the same batch.
"""
