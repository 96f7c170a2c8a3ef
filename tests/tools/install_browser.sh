#!/bin/sh
# Makes sure a Chromium is there for the browser tests: one already installed, else
# Playwright's own, else Debian's. Argument: the Python that has Playwright.
# And Pango for the tests of the PDF, which are skipped without it, with fonts that have
# every sign of a page.
set -eu

python=$1
fonts="fonts-liberation fonts-dejavu-core"
pango="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 $fonts"

# The least common of our signs, by their numbers: a circled slash, a flag, a small nine.
signs_are_there() {
    [ -n "$(fc-list ':charset=2298 2691 2079' family 2>/dev/null)" ]
}

if ! "$python" -c 'import weasyprint' >/dev/null 2>&1 || ! signs_are_there; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing Pango and fonts for the tests of the PDF."
        apt-get update -qq
        # shellcheck disable=SC2086 # a list of names
        DEBIAN_FRONTEND=noninteractive apt-get install -qq -y \
            --no-install-recommends $pango >/dev/null
    else
        echo "The tests of the PDF will be skipped. On Debian, as root:"
        echo "apt-get install $pango"
    fi
fi

installed() {
    "$python" -m tests.support.installed_browser >/dev/null 2>&1
}

# Playwright's driver is a program of its own; on a bare Debian a library is missing.
driver_starts() {
    "$python" -m playwright --version >/dev/null 2>&1
}

own_browser_starts() {
    "$python" - <<'PYTHON' >/dev/null 2>&1
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    playwright.chromium.launch(args=["--no-sandbox"]).close()
PYTHON
}

if driver_starts && { installed || own_browser_starts; }; then exit 0; fi
echo "Installing a browser for the tests."
if driver_starts && "$python" -m playwright install chromium >/dev/null 2>&1 &&
    own_browser_starts; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq
    # shellcheck disable=SC2086 # a list of names
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
        chromium chromium-headless-shell $fonts libatomic1 >/dev/null
    exit 0
fi
echo "The browser tests need Chromium. On Debian, as root:" >&2
echo "apt-get install chromium chromium-headless-shell $fonts libatomic1" >&2
exit 1
