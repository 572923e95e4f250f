#!/usr/bin/env bash
# One command to try Congvu: installs what is missing, builds, starts the service with its embedded directory, loads an
# invented district through the REST API, onboards one more person and prints what a unit head would see.
set -euo pipefail

usage() {
    cat <<'TEXT'
deploy/quickstart.sh [--once] [--port N] [--data DIR] [--no-sample] [--mail]
  --once       do everything, print it, stop and exit 0 / làm hết rồi thoát
  --port N     port of the API (default 8080; 0 = a free one); metrics are on the next one / cổng; số liệu vận hành ở cổng kế tiếp
  --data DIR   data folder, kept between starts (default: build/quickstart-data; /var/lib/congvu-quickstart as root) / thư mục dữ liệu
  --no-sample  start empty, now and whenever the folder is started again / không nạp dữ liệu mẫu, cả những lần chạy sau
  --mail       Dovecot and Postfix too (deploy/mail/up.sh; as root) / cả máy chủ thư
TEXT
}

root=$(cd "$(dirname "$0")/.." && pwd)
once="" port=8080 data="" sample=1 mail=""
while [ $# -gt 0 ]; do
    case "$1" in
    --once) once=1 ;;
    --port) port="$2"; shift ;;
    --data) data="$2"; shift ;;
    --no-sample) sample="" ;;
    --mail) mail=1 ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
    esac
    shift
done

if [ -z "$data" ]; then # a user of its own must reach it, and /root is closed to others
    data="$root/build/quickstart-data"
    [ "$(id -u)" -ne 0 ] || data=/var/lib/congvu-quickstart
fi
mkdir -p "$root/build" "$data"
data=$(cd "$data" && pwd)

# In the language of whoever starts it.
case "${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}" in
vi*) language=vi ;;
*) language=en ;;
esac
words() { if [ "$language" = vi ]; then printf '%s' "$2"; else printf '%s' "$1"; fi; } # English, Vietnamese
say() { printf '\n\033[1m%s\033[0m\n' "$(words "$1" "$2")"; }
[ -z "$mail" ] || [ "$(id -u)" -eq 0 ] || { words "--mail needs root: Postfix can be started by nobody else." "--mail cần quyền root vì Postfix chỉ chạy được như vậy." >&2; exit 1; }

# shellcheck source=deploy/packages.sh
. "$root/deploy/packages.sh"
# shellcheck disable=SC2086
congvu_install $congvu_build_packages $congvu_run_packages

say "Building ..." "Đang dựng chương trình ..."
console=$(congvu_console "$root")
bin="$root/build/release/service/congvud"
cmake -S "$root" --preset release -DCONSOLE="$console" >"$root/build/quickstart-build.log" 2>&1 ||
    { tail -20 "$root/build/quickstart-build.log" >&2; exit 1; }
cmake --build "$root/build/release" --target congvud >>"$root/build/quickstart-build.log" 2>&1 ||
    { tail -40 "$root/build/quickstart-build.log" >&2; exit 1; }

# The service never runs as root: a user of its own is made when root starts this script.
run=()
chmod 700 "$data"
# What a folder is for is decided when it is new: invented people never come to those of an office.
fresh=""
[ -e "$data/secret.key" ] || fresh=1
[ -z "$fresh" ] || [ -z "$sample" ] || touch "$data/sample.begun"
[ -e "$data/sample.begun" ] || [ -e "$data/sample.loaded" ] || sample=""
if [ "$(id -u)" -eq 0 ]; then
    getent passwd congvu >/dev/null || useradd --system --no-create-home --shell /usr/sbin/nologin congvu
    install -d -m 755 "$data.bin" && install -m 755 "$bin" "$data.bin/congvud" && bin="$data.bin/congvud"
    chown -R congvu "$data"
    run=(setpriv --reuid=congvu --regid="$(id -g congvu)" --clear-groups)
    probe="$data"
    while [ "$probe" != / ]; do # every parent must let the service's user through
        probe=$(dirname "$probe")
        "${run[@]}" test -x "$probe" || { words "The user congvu cannot reach $data (see $probe); choose another --data" "Người dùng congvu không vào được $data (xem $probe); hãy chọn --data khác" >&2; exit 1; }
    done
fi

ready="$(mktemp)"
cleanup() {
    trap - EXIT INT TERM
    for one in "${mail_pid:-}" "${pid:-}"; do
        [ -z "$one" ] || ! kill -TERM "$one" 2>/dev/null || wait "$one" 2>/dev/null || true # it ends as it was told to
    done
    rm -f "$ready"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

own() { [ -e "$1" ] || install -m 600 /dev/null "$1"; chmod 600 "$1"; } # names and reasons stand in logs
say "Starting ..." "Đang khởi động ..."
own "$data.log"
metrics=0
if [ "$port" -ne 0 ]; then
    metrics=$((port + 1))
else # slips name the address, so it is known before the service starts
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
fi
"${run[@]}" "$bin" serve --data-dir "$data" --listen "127.0.0.1:$port" --management-listen "127.0.0.1:$metrics" --directory-listen 127.0.0.1:0 \
    --public-url "http://127.0.0.1:$port" --connector-secret-dir "$data/credentials" >"$ready" 2>>"$data.log" &
pid=$!
until grep -q '"ready"' "$ready"; do
    kill -0 "$pid" 2>/dev/null || { tail -5 "$data.log" >&2; exit 1; }
    read -r -t 0.1 <> <(:) || true
done
port=$(sed 's/.*"port":\([0-9]*\).*/\1/' "$ready")
metrics=$(sed 's/.*"management_port":\([0-9]*\).*/\1/' "$ready")
url="http://127.0.0.1:$port"
token="$data/admin.token"

if [ ! -s "$token" ]; then # a restored folder has none
    # shellcheck disable=SC2016
    "${run[@]}" sh -c 'umask 077 && exec "$1" token --data-dir "$2" >"$2/admin.token"' sh "$bin" "$data"
fi

# curl reads the token from a file descriptor, never from its arguments
api() { curl -sS -H @<(printf 'Authorization: Bearer %s\n' "$(cat "$token")") -H "Accept-Language: $language" "$@"; }

# Once: what people did since then stays as they did it.
loaded="$data/sample.loaded"
if [ -n "$sample" ] && [ ! -e "$loaded" ]; then
    say "Loading the invented district ..." "Đang nạp dữ liệu mẫu ..."
    # with a token of its own: what the sample locks and ends would else use up this hour's brake of whoever tries it next
    loader="$data/loader.token"
    [ -s "$loader" ] || (umask 077 && api -X POST "$url/v1/tokens" -H 'Content-Type: application/json' --data-binary \
        '{"name":"sample loader","scopes":["units:read","units:write","staff:read","staff:write","accounts:write","departures:write"]}' |
        python3 -c 'import json, sys; print(json.load(sys.stdin)["secret"])' >"$loader")
    python3 "$root/deploy/sample/load.py" --url "$url" --token-file "$loader" --connections 8 --language "$language"
    say "Onboarding one more person: Nguyễn Thị Ước Đào" "Tiếp nhận thêm một người: Nguyễn Thị Ước Đào"
    api -X PUT "$url/v1/staff/NS-9001" -H 'Content-Type: application/json' --data-binary \
        '{"full_name":"Nguyễn Thị Ước Đào","unit":"H43.99.01","title":"Chuyên viên","category":"cong_chuc","mobile":"+84900009001"}' |
        python3 "$root/deploy/sample/show.py" person
    # he is the clerk who tries the web console: a role, and a code for a password of his own
    api -X POST "$url/v1/staff/NS-9001/roles" -H 'Idempotency-Key: sample-NS-9001' -H 'Content-Type: application/json' -d '{"role":"unit_hr","unit":"H43.99"}' >/dev/null
    (umask 077 && api -X POST "$url/v1/staff/NS-9001/accounts/mailbox/credential-resets" |
        python3 -c 'import json, sys; made = json.load(sys.stdin); print(made["login"], made["code"])' >"$data/console.code")
    # and three who are in the sample already: a commune's clerk, an office's head, an administrator
    (umask 077 && while read -r who role unit; do
        api -X POST "$url/v1/staff/$who/roles" -H "Idempotency-Key: sample-$who" -H 'Content-Type: application/json' -d "{\"role\":\"$role\"${unit:+,\"unit\":\"$unit\"}}" >/dev/null
        api -X POST "$url/v1/staff/$who/accounts/mailbox/credential-resets" </dev/null |
            python3 -c 'import json, sys; made = json.load(sys.stdin); print(sys.argv[1], made["login"], made["code"])' "$role"
    done >"$data/console.links" <<<$'NS-0203 unit_hr H43.99.23\nNS-0085 unit_head H43.99.04\nNS-0063 site_admin')
    touch "$loaded"
fi
if [ -n "$sample" ]; then
    feed="$data/usage.token"
    [ -s "$feed" ] || (umask 077 && api -X POST "$url/v1/tokens" -H 'Content-Type: application/json' \
        --data-binary '{"name":"sample usage","scopes":["usage:write"]}' |
        python3 -c 'import json, sys; print(json.load(sys.stdin)["secret"])' >"$feed")
    say "Reporting 90 days of invented use ..." "Đang nạp số liệu sử dụng 90 ngày ..."
    python3 "$root/deploy/sample/usage.py" --url "$url" --token-file "$feed"
    say "Coverage of the district" "Tỷ lệ được cấp của toàn huyện"
    api "$url/v1/coverage?unit=H43.99&depth=1&group_by=unit,system" | python3 "$root/deploy/sample/show.py" coverage
    say "Use over the last 30 days" "Tỷ lệ có sử dụng trong 30 ngày qua"
    api "$url/v1/adoption?unit=H43.99&depth=1&group_by=unit,system" | python3 "$root/deploy/sample/show.py" adoption
fi

if [ -n "$mail" ]; then
    say "Starting Dovecot and Postfix ..." "Đang khởi động Dovecot và Postfix ..."
    own "$data.mail.out"
    "$root/deploy/mail/up.sh" --data "$data" --url "$url" >"$data.mail.out" 2>&1 &
    mail_pid=$!
    until grep -q 'Ctrl-C' "$data.mail.out"; do
        kill -0 "$mail_pid" 2>/dev/null || { tail -20 "$data.mail.out" >&2; exit 1; }
        read -r -t 0.2 <> <(:) || true
    done
    sed '/Ctrl-C/,$d' "$data.mail.out"
fi

printf '\n'
if [ "$console" = ON ]; then
    printf '  %s %s/console\n' "$(words "web console  " "giao diện web")" "$url"
    # as long as the code has not been used
    unused() { curl -sf -o /dev/null "$url/v1/activation-checks" -H 'Content-Type: application/json' --data-binary @<(printf '{"code":"%s"}' "$1"); }
    if read -r login code 2>/dev/null <"$data/console.code" && unused "$code"; then
        words "                at $url/kichhoat choose a password with the code $code, then sign in as $login" \
            "                vào $url/kichhoat đặt mật khẩu bằng mã $code, rồi đăng nhập với tên $login"
        printf '\n'
    fi
    if [ -n "$sample" ] && [ -e "$data/console.links" ]; then
        while read -r role login code; do
            unused "$code" </dev/null || continue
            case "$role" in
            unit_hr) who=$(words "commune HR  " "Nhân sự xã     ") ;;
            unit_head) who=$(words "unit head   " "Lãnh đạo đơn vị") ;;
            *) who=$(words "administrator" "Quản trị       ") ;;
            esac
            printf '  %s  %s/kichhoat#%s   (%s %s)\n' "$who" "$url" "$code" "$(words "then sign in as" "rồi đăng nhập với tên")" "$login"
        done <"$data/console.links"
    elif [ -n "$fresh" ] || [ -s "$data/first.token" ]; then
        # an empty office: one link with a secret of its own that makes the first two administrators, and ends then or tomorrow
        first="$data/first.token"
        tried() { curl -s -H @<(printf 'Authorization: Bearer %s\n' "$(cat "$first")") "$url/v1/me"; }
        if [ ! -s "$first" ] || tried | grep -q '"token_expired"'; then # nobody came in time
            (umask 077 && api -X POST "$url/v1/tokens" -H 'Content-Type: application/json' -d "{\"name\":\"first start\",\"expires_at\":\"$(date -u -d '+1 day' +%FT%TZ)\",\"scopes\":[
            \"staff:read\",\"staff:write\",\"accounts:write\",\"departures:write\",\"brake:release\",\"units:read\",\"units:write\",\"systems:write\",\"coverage:read\",\"tokens:write\",\"usage:write\",\"reports:write\",\"audit:read\"]}" |
                python3 -c 'import json, sys; print(json.load(sys.stdin)["secret"])' >"$first")
        fi
        tried | grep -q '"scopes"' &&
            printf '  %s %s/console#/first?code=%s\n' "$(words "first start  " "bắt đầu      ")" "$url" "$(cat "$first")"
    fi
fi
cat <<TEXT
  REST API      $url            ($(words "token in" "mã truy cập trong") $token)
  $(words "contract      " "tài liệu API  ")$url/docs       $url/openapi.yaml
  $(words "metrics       " "số liệu       ")http://127.0.0.1:$metrics/metrics
  $(words "LDAP socket   " "socket LDAP   ")$(sed 's/.*"directory":"\([^"]*\)".*/\1/' "$ready")
  $(words "log           " "nhật ký       ")$data.log

  curl -H @<(printf 'Authorization: Bearer %s' "\$(cat $token)") "$url/v1/staff?q=uoc%20dao"

  $(words "For the head of one office: a token that sees it alone" "Cho trưởng một đơn vị: mã truy cập chỉ xem đơn vị đó")
  curl -X POST -H @<(printf 'Authorization: Bearer %s' "\$(cat $token)") -H 'Content-Type: application/json' "$url/v1/tokens" \\
    -d '{"name":"head","unit":"H43.99.01","scopes":["coverage:read","staff:read","units:read"]}'
TEXT
[ -n "$once" ] && exit 0
say "Ctrl-C stops" "Ctrl-C để dừng"
wait "$pid"
