#!/bin/sh
# Makes sure that Debian's Firefox is there, for what only another browser than Chromium
# does; its tests are skipped without it.
set -eu

if command -v firefox-esr >/dev/null; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Firefox for the tests of another browser."
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
        firefox-esr >/dev/null
    exit 0
fi
echo "The tests in Firefox will be skipped. On Debian, as root:"
echo "apt-get install firefox-esr"
