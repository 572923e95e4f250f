# What Congvu needs from Debian 12 or 13, by name; sourced by quickstart.sh, tests/run.sh and deploy/deb.sh.
# shellcheck shell=bash
congvu_debian=$(. /etc/os-release && echo "${VERSION_ID:-}")
case "$congvu_debian" in
12) congvu_clang=14 congvu_zip="" congvu_formatter=clang-format-14 congvu_fonts=fonts-liberation2 ;;
# libxlsxwriter's pkg-config file wants minizip's, which its package does not bring; the formatter that counts is 14;
# the fonts of version 1 that Debian 12 has under the plain name know no Vietnamese
*) congvu_clang=19 congvu_zip=libminizip-dev congvu_formatter="" congvu_fonts=fonts-liberation ;;
esac
congvu_build_packages="gcc libc6-dev cmake ninja-build pkg-config python3 python3-yaml libldap-dev libmicrohttpd-dev libjansson-dev libcurl4-openssl-dev libcjose-dev libicu-dev libssl-dev libsystemd-dev libxlsxwriter-dev libpango1.0-dev libcairo2-dev $congvu_zip zlib1g-dev libcsv-dev libzip-dev libexpat1-dev libqrencode-dev"
congvu_run_packages="slapd slapd-contrib ldap-utils curl ca-certificates $congvu_fonts"
congvu_mail_packages="dovecot-imapd dovecot-pop3d dovecot-lmtpd dovecot-ldap dovecot-sieve postfix postfix-ldap"
congvu_test_packages="procps openssl nginx-light libcmocka-dev python3-pytest python3-pytest-xdist python3-ldap3 python3-jsonschema python3-hypothesis clang libclang-rt-$congvu_clang-dev poppler-utils universal-ctags git golang-go golang-golang-x-mod-dev $congvu_formatter"
congvu_paper_packages="libreoffice-calc-nogui libreoffice-writer-nogui chromium poppler-utils $congvu_fonts zbar-tools"
congvu_console_packages="chromium $congvu_fonts"
congvu_more_packages="clang-tidy systemd strace"

# Node may be there from elsewhere, and Debian's npm does not go with it.
congvu_node() {
    command -v node >/dev/null && command -v npm >/dev/null && command -v npx >/dev/null || congvu_install nodejs npm
}

# The packages that a folder's lock file pins; fetched anew when it is newer than they are.
congvu_npm() {
    local done="$1/node_modules/.package-lock.json"
    (
        flock 9 # tests side by side need the same ones
        [ "$done" -nt "$1/package-lock.json" ] || { (cd "$1" && npm ci --loglevel=error >&2) && touch "$done"; }
    ) 9<"$1/package.json"
}

# Says ON when the web console can be bundled here; else OFF, and why.
congvu_console() { # root of the tree
    if congvu_node >&2 && congvu_npm "$1/service/console"; then
        echo ON
    else
        echo "Left out: the web console (/console), for npm or its packages are not to be had here / Không có giao diện web (/console) vì thiếu npm hoặc các gói của nó" >&2
        echo OFF
    fi
}

# Installs what is missing of the packages named. Daemons that come with them are kept from starting.
congvu_install() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "install ok installed" || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    echo "Installing / Đang cài: ${missing[*]}" >&2
    local sudo=""
    if [ "$(id -u)" -ne 0 ]; then
        sudo="sudo"
        command -v sudo >/dev/null || { echo "Please run as root once, or install: ${missing[*]}" >&2; return 1; }
    fi
    local policy=/usr/sbin/policy-rc.d made=""
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | $sudo tee "$policy" >/dev/null && $sudo chmod 755 "$policy" && made=1
    fi
    local code=0
    { $sudo apt-get update -qq && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; } || code=$?
    [ -n "$made" ] && $sudo rm -f "$policy"
    return $code
}
