#!/bin/sh
# Makes sure Debian's nginx is there for the tests of docs/nginx.conf, and OpenSSL for the
# certificate that they need.
set -eu

installed() {
    # Debian keeps it outside of the path of ordinary users.
    { command -v nginx || [ -x /usr/sbin/nginx ]; } >/dev/null &&
        command -v openssl >/dev/null
}

if installed; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing nginx for the tests of its configuration."
    apt-get update -qq
    # Installing would start it, on the port of whatever else is here.
    was_there=$([ -e /usr/sbin/policy-rc.d ] && echo yes || echo no)
    if [ "$was_there" = no ]; then
        printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
        chmod +x /usr/sbin/policy-rc.d
        trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    fi
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
        nginx-light openssl >/dev/null
    exit 0
fi
echo "The tests of docs/nginx.conf need nginx. On Debian, as root:" >&2
echo "apt-get install nginx-light openssl" >&2
exit 1
