"""From a checkout to a server: the build's name, static files, templates, one start."""

from .build_name import build
from .compiled_templates import forget_older_builds, templates_folder
from .listening import check_listening_address, check_metrics_port
from .start_lock import one_start_at_a_time
from .static_collection import collect_if_changed
from .static_names import why_not_collected
from .unwritable import why_not_prepared

__all__ = [
    "build",
    "check_listening_address",
    "check_metrics_port",
    "collect_if_changed",
    "forget_older_builds",
    "one_start_at_a_time",
    "templates_folder",
    "why_not_collected",
    "why_not_prepared",
]
