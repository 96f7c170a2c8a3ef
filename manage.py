#!/usr/bin/env python3
"""Django's command line for this site."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anakinra_site.settings")
    from django.core.management import execute_from_command_line

    from anakinra_site.environment import SettingRefusedError

    try:
        execute_from_command_line(sys.argv)
    except SettingRefusedError as error:
        sys.exit(f"Not started. {error}")


if __name__ == "__main__":
    main()
