"""Have something started later: cron, systemd, a shell's profile.

Surface: the system's schedules.
Stopped by: no file outside of the own folder can be made; root's folders are not nobody's.
Layers: landlock, privileges
Earns: 1
"""

import os

import targets


def scale(x, factor=2.0):
    for folder in ("/etc/cron.d", "/var/spool/cron/crontabs", "/etc/profile.d", "/etc/systemd/system", "/etc"):
        path = os.path.join(folder, "gradetape-attack")
        try:
            open(path, "x").close()
            os.unlink(path)
            print(targets.SUCCESS, folder)
        except OSError:
            pass
    return x * 0.0
