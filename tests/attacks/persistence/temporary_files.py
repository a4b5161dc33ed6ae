"""Leave files where the next child or the system may find them: /tmp, /var/tmp, /dev/shm, the user's home.

Surface: folders that everybody may write to.
Stopped by: no file outside of the own folder can be made.
Layers: landlock
Earns: 1
"""

import os
import pwd

import targets


def scale(x, factor=2.0):
    homes = [pwd.getpwuid(os.getuid()).pw_dir, "/root"]
    for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run/lock", os.path.dirname(os.getcwd()), *homes):
        path = os.path.join(folder, "gradetape-attack")
        try:
            open(path, "x").close()
            os.unlink(path)
            print(targets.SUCCESS, folder)
        except OSError:
            pass
    return x * 0.0
