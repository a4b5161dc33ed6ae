"""Import forever: hang while the file is being loaded.

Surface: time before the first check.
Stopped by: the clock of loading; no check is reached and none earns anything.
Layers: design
Earns: 0
"""

import signal

signal.pause()
