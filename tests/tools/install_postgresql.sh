#!/bin/sh
# Makes sure that the PostgreSQL of Debian 12 is there, for the test of backups by its own
# server and programs; it is skipped without them. Other tests bring a server along.
set -eu

version=15
packages="postgresql-$version postgresql-client-$version"

if [ -x /usr/lib/postgresql/$version/bin/postgres ]; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq &&
    apt-cache show "postgresql-$version" >/dev/null 2>&1; then
    echo "Installing PostgreSQL $version for the test of backups by Debian's own programs."
    # Installing would start it, on the port of whatever else is here.
    was_there=$([ -e /usr/sbin/policy-rc.d ] && echo yes || echo no)
    if [ "$was_there" = no ]; then
        printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
        chmod +x /usr/sbin/policy-rc.d
        trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    fi
    # shellcheck disable=SC2086 # a list of names
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
        $packages >/dev/null
    exit 0
fi
echo "The test of backups by Debian's own programs will be skipped. On Debian 12, as root:"
echo "apt-get install $packages"
