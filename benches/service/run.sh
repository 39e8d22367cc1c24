#!/usr/bin/env bash
# Measures `ontopic serve` with a load generator beside it on the same machine.
#
#   benches/service/run.sh            all of them
#   benches/service/run.sh highest    one of: highest, dialects, steady, memory
#
# highest  the most checks a second, each stored and synced before it is answered; beside it what the same server
#          answers to `GET /healthz`, which does nothing
# dialects the same with Akismet's comment-check, in turn with the native check on one server
# steady   latency at a constant rate, measured from when a request is sent; that the rate was reached shows that none
#          waited for its turn
# memory   resident memory up to COMMENTS stored comments, and over MINUTES of steady load after that
#
# SECONDS_EACH  seconds of `highest`, `steady` and each turn of `dialects`; 30 if not given
# CONNECTIONS   connections; 64 if not given
# RATE          checks a second of `steady` and `memory`; 3500 if not given
# COMMENTS      comments of `memory`; 1000000 if not given
# MINUTES       minutes of load after that; 10 if not given
# FOLDER        where data go; a temporary folder if not given. A tmpfs would sync nothing: name a real disk
# ONTOPIC       the program; built with `cargo build --release` if not given
#
# Needs wrk (Debian: `apt-get install wrk`), curl and python3.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
seconds=${SECONDS_EACH:-30}
connections=${CONNECTIONS:-64}
rate=${RATE:-3500}
comments=${COMMENTS:-1000000}
minutes=${MINUTES:-10}
parts=("$@")
if [ ${#parts[@]} -eq 0 ]; then
    parts=(highest dialects steady memory)
fi

if [ -z "${ONTOPIC:-}" ]; then
    (cd "$here/../.." && cargo build --release --quiet)
    ONTOPIC="${CARGO_TARGET_DIR:-$here/../../target}/release/ontopic"
fi
for tool in "$ONTOPIC" wrk curl python3; do
    if ! command -v "$tool" >/dev/null; then
        printf 'error: expected the program `%s`, found none\n' "$tool" >&2
        exit 2
    fi
done

work=$(mktemp -d "${FOLDER:-${TMPDIR:-/tmp}}/ontopic-load-XXXXXX")
server=
stop() {
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" || true
        server=
    fi
}
trap 'stop; rm -rf "$work"' EXIT
if [ "$(stat -f -c %T "$work")" = tmpfs ]; then
    printf 'warning: %s lies in memory, where syncing costs nothing\n' "$work" >&2
fi

# A server with an empty data folder and 500 posts.
start() {
    rm -rf "$work/data"
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    "$ONTOPIC" serve --data-dir "$work/data" --listen "127.0.0.1:$port" --requests-per-second 0 --log-level warn \
        >"$work/out" 2>"$work/log" &
    server=$!
    url="http://127.0.0.1:$port"
    for _ in $(seq 200); do
        if curl -fs "$url/readyz" >/dev/null; then
            break
        fi
        sleep 0.05
    done
    curl -fsS "$url/readyz" >/dev/null
    KEY=$(awk '/^ *site key/ { print $NF }' "$work/out")
    export KEY WORDS="$here/words.txt"
    python3 "$here/texts.py" posts 500 >"$work/posts.json"
    curl -fsS -o "$work/answer" -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' \
        --data-binary "@$work/posts.json" "$url/v1/posts"
}

# The sum of the series of a metric.
metric() {
    curl -fsS "$url/metrics" | awk -v name="$1" 'index($1, name) == 1 { sum += $2 } END { printf "%d\n", sum }'
}
resident() { awk '/^VmRSS:/ { printf "%.1f\n", $2 / 1024 }' "/proc/$server/status"; }
of_wrk() { awk -v name="$1" '$1 == name { print $2 }' "$2"; }

highest() {
    start
    wrk -t 1 -c "$connections" -d 5s "$url/healthz" >"$work/idle"
    local before=$(metric ontopic_checks_total)
    wrk -t 1 -c "$connections" -d "${seconds}s" --latency -s "$here/checks.lua" "$url" >"$work/wrk"
    local stored=$(($(metric ontopic_checks_total) - before))
    verdicts_only
    printf '| checks a second, each stored and synced, %s connections | %.0f |\n' "$connections" "$(of_wrk Requests/sec: "$work/wrk")"
    printf '| median and p99 of these, under full load | %s and %s |\n' "$(of_wrk '50%' "$work/wrk")" "$(of_wrk '99%' "$work/wrk")"
    printf '| verdicts stored in %s s | %d |\n' "$seconds" "$stored"
    printf '| `GET /healthz` a second on the same server | %.0f |\n' "$(of_wrk Requests/sec: "$work/idle")"
    stop
}

dialects() {
    start
    for dialect in native akismet native akismet; do
        DIALECT=$dialect wrk -t 1 -c "$connections" -d "${seconds}s" -s "$here/checks.lua" "$url" >"$work/wrk"
        verdicts_only
        printf '| %s checks a second | %.0f |\n' "$dialect" "$(of_wrk Requests/sec: "$work/wrk")"
    done
    stop
}

# Fails unless wrk was answered with verdicts only.
verdicts_only() {
    if grep -qE 'Non-2xx|Socket errors' "$work/wrk"; then
        printf 'error: expected verdicts only, found\n%s\n' "$(cat "$work/wrk")" >&2
        exit 1
    fi
}

# Constant load for so many seconds.
constant() {
    RATE=$rate wrk -t 1 -c "$connections" -d "${1}s" --latency -s "$here/checks.lua" "$url" >"$work/wrk"
    verdicts_only
}

steady() {
    start
    constant "$seconds"
    printf '| p50, p90, p99 at a constant %s a second (%.0f were reached) | %s, %s, %s |\n' "$rate" \
        "$(of_wrk Requests/sec: "$work/wrk")" "$(of_wrk '50%' "$work/wrk")" "$(of_wrk '90%' "$work/wrk")" \
        "$(of_wrk '99%' "$work/wrk")"
    stop
}

memory() {
    start
    printf '| comments stored | MB resident | MB of the database |\n| ---: | ---: | ---: |\n'
    local line="| %d | %s | %s |\n" size
    size() { du -sm "$work/data" | cut -f 1; }
    printf "$line" 0 "$(resident)" "$(size)"
    local step=$((comments / 10)) stored=0
    for part in $(seq 10); do
        while [ "$stored" -lt $((part * step)) ]; do
            wrk -t 1 -c "$connections" -d 2s -s "$here/checks.lua" "$url" >"$work/wrk"
            local now=$(metric ontopic_checks_total)
            if [ "$now" -eq "$stored" ]; then
                printf 'error: no comment was stored in 2 s; %s\n' "$(tail -n 3 "$work/log")" >&2
                exit 1
            fi
            stored=$now
        done
        printf "$line" "$stored" "$(resident)" "$(size)"
    done
    printf '\n| minute at %s a second | MB resident |\n| ---: | ---: |\n' "$rate"
    for minute in $(seq "$minutes"); do
        constant 60
        printf '| %d | %s |\n' "$minute" "$(resident)"
    done
    stop
}

for part in "${parts[@]}"; do
    case $part in
    highest | dialects | steady)
        printf '\n| %s | value |\n| --- | ---: |\n' "$part"
        "$part"
        ;;
    memory)
        printf '\n'
        memory
        ;;
    *)
        printf 'error: expected highest, dialects, steady or memory, found `%s`\n' "$part" >&2
        exit 2
        ;;
    esac
done
