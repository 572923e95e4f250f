# What Congvu needs from Debian; sourced by quickstart.sh and tests/run.sh.
# shellcheck shell=bash
congvu_build_packages="gcc libc6-dev cmake ninja-build pkg-config python3 python3-yaml libldap-dev libmicrohttpd-dev libjansson-dev libcurl4-openssl-dev libicu-dev libinih-dev libssl-dev libxlsxwriter-dev zlib1g-dev"
congvu_run_packages="slapd slapd-contrib ldap-utils curl ca-certificates"
congvu_mail_packages="dovecot-imapd dovecot-pop3d dovecot-lmtpd dovecot-ldap dovecot-sieve postfix postfix-ldap"
congvu_test_packages="procps openssl libcmocka-dev python3-pytest python3-ldap3 python3-jsonschema python3-hypothesis clang libclang-rt-14-dev universal-ctags clang-format"
congvu_paper_packages="libreoffice-calc-nogui chromium poppler-utils fonts-liberation"
congvu_more_packages="clang-tidy systemd strace"

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
