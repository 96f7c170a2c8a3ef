"""What keeps the rows true, and keeps them: triggers, rights, proof, backup.

The database refuses by triggers.py what no act would do; `faults()` proves that nothing
was altered behind them, and that the groups have the rights that are
written in groups.py; readiness.py tells a balancer; `make_backup` and
`restore_backup` carry the whole database into a verified file and back.
"""

from .backup import make_backup, superfluous
from .backup_file import BackupError, Manifest
from .groups import create_groups, permissions_of_groups
from .readiness import healthz, readyz
from .restore import refuse_unverified, restore_backup
from .triggers import create_triggers, drop_triggers
from .verification import faults

__all__ = [
    "BackupError",
    "Manifest",
    "create_groups",
    "create_triggers",
    "drop_triggers",
    "faults",
    "healthz",
    "make_backup",
    "permissions_of_groups",
    "readyz",
    "refuse_unverified",
    "restore_backup",
    "superfluous",
]
