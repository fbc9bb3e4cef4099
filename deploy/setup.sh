#!/usr/bin/env bash
# All set-up: Debian packages, .venv, fonts. Can be run again at any time.
set -euo pipefail
cd "$(dirname "$0")/.."

missing() {
    # A package counts as there when dpkg says so; a Python 3.11 from elsewhere will do.
    sed 's/#.*//' deploy/packages.txt | while read -r package; do
        [ -n "$package" ] || continue
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] \
            || echo "$package"
    done
}

install_packages() {
    local wanted
    wanted=$(missing)
    [ -n "$wanted" ] || return 0
    local run=()
    if [ "$(id -u)" != 0 ]; then
        if ! sudo -n true 2>/dev/null; then
            echo "set-up may not install packages here; install these and call again:" >&2
            echo "    apt-get install" $wanted >&2
            exit 1
        fi
        run=(sudo)
    fi
    echo "installing:" $wanted
    "${run[@]}" apt-get update -q
    "${run[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends $wanted
}

make_environment() {
    local python=/usr/bin/python3.11
    if [ ! -x .venv/bin/python ] || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
        rm -rf .venv
        "$python" -m venv .venv
    fi
    # The lock is complete and hashed; face-recognition's wish for `dlib` is met by the
    # wheel `dlib-bin`, which pip cannot know: hence --no-deps.
    .venv/bin/python -m pip install -q --no-deps --require-hashes -r requirements-dev.txt
}

install_provider() {
    # A certified OpenID provider that none of us wrote, for the tests of kiosk/identity. The
    # machine's own npm knows the way to its registry best; where there is none, .venv has one,
    # which is told of the system's certificates.
    local authorities=/etc/ssl/certs/ca-certificates.crt
    [ -e "$authorities" ] && export NODE_EXTRA_CA_CERTS="${NODE_EXTRA_CA_CERTS:-$authorities}"
    PATH="$PATH:$PWD/.venv/bin" npm ci --silent --no-audit --no-fund \
        --prefix tests/kiosk/identity/provider
}

install_packages
make_environment
install_provider
.venv/bin/python -m screens.fonts
