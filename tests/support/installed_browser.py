"""Which Chromium the tests drive; run as a module, it prints its path.

None means Playwright's own, if it has one.
"""

import shutil
import sys

WHOLE = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Takes half as long, but has no tabs that could be opened again.
WITHOUT_A_WINDOW = "chromium-headless-shell"


def installed_browser() -> str | None:
    """The path of the quickest that is there."""
    return shutil.which(WITHOUT_A_WINDOW) or whole_browser()


def whole_browser() -> str | None:
    """The path of one that can also open its window."""
    return next(filter(None, map(shutil.which, WHOLE)), None)


if __name__ == "__main__":
    path = installed_browser()
    if path is None:
        sys.exit("No Chromium is installed.")
    sys.stdout.write(f"{path}\n")
