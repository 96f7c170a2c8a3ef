#!/bin/sh
# Makes sure that the load generator and the file server of `make bench` are there:
# Debian's wrk and nginx-light.
set -eu

wanted=""
command -v wrk >/dev/null || wanted="$wanted wrk"
PATH="$PATH:/usr/sbin" command -v nginx >/dev/null || wanted="$wanted nginx-light"
if [ -z "$wanted" ]; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing what the benchmarks need:$wanted."
    apt-get update -qq
    # shellcheck disable=SC2086 # a list of names
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
        $wanted >/dev/null
    exit 0
fi
echo "The benchmarks need$wanted. On Debian, as root:" >&2
echo "apt-get install$wanted" >&2
exit 1
