"""Leave while the file is being loaded, before any check could be run.

Surface: the exit code, checks that silently do not run.
Stopped by: every declared check is in the report; those not reached earn nothing.
Layers: design
Earns: 0
"""

import sys

sys.exit(0)
