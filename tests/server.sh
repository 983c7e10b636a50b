#!/usr/bin/env bash
# A server to test: a throw-away cluster with the demo directory, and `unknot up` on a free port of 127.0.0.1.
#
#   tests/server.sh start DIR      makes DIR (if need be) and starts it there; prints UNKNOT_URL=http://127.0.0.1:PORT
#   tests/server.sh stop DIR       ends it and removes DIR; fails when the server did not end in order, with the end of its log
#   tests/server.sh with COMMAND   runs the command beside a server of its own, with these in its environment:
#       UNKNOT_URL      where it is (an `unknot` that is started must not get this one: it takes it for configuration)
#       UNKNOT_CONFIG   its configuration file: `unknot` commands work on its database with it
#       TEST_PROGRAM    the program, absolute
#       TEST_DIR        its folder: DIR/pg is tests/cluster.sh's, DIR/server.log the log, DIR/demo.txt what `unknot demo` printed
#
# TEST_PROGRAM in the caller's environment chooses another build than build/unknot; TEST_EMPTY=1 leaves the directory empty;
# TEST_CONFIG has more lines for the configuration file; TEST_MADE is a folder in which the database is made once and then copied from.
set -euo pipefail
. "$(dirname "$0")/../deploy/lib.sh"

program=$(realpath "${TEST_PROGRAM:-$top/build/unknot}")
unset UNKNOT_URL
# a leak or a first finding of a sanitizer shows in the exit status
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_stack_use_after_return=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}

# The database in DIR/pg, with the key and what was said.
fill() {
    local dir=$1 database
    mkdir -p "$dir"
    chmod 711 "$dir"
    database=$("$top/tests/cluster.sh" start "$dir/pg")
    UNKNOT_CONFIG=$dir/unknot.conf
    export UNKNOT_CONFIG
    printf '%s\n' "database = $database user=unknot_web" "owner_database = $database user=unknot_owner" "key_file = $dir/key" >"$UNKNOT_CONFIG"
    "$program" keys new "$dir/key" >&2
    "$program" migrate >&2
    if [ -z "${TEST_EMPTY:-}" ]; then
        "$program" import places >"$dir/import.log" 2>&1 || { cat "$dir/import.log" >&2; return 1; }
        "$program" demo >"$dir/demo.txt"
    fi
}
# The same, once, and halted.
make() {
    if [ ! -e "$1/done" ]; then
        fill "$1"
        "$top/tests/cluster.sh" halt "$1/pg"
        touch "$1/done"
    fi
}
copy() {
    local dir=$1 made=$TEST_MADE/demo
    [ -z "${TEST_EMPTY:-}" ] || made=$TEST_MADE/empty
    mkdir -p "$dir" "$TEST_MADE"
    chmod 711 "$dir" "$TEST_MADE"
    flock -o "$TEST_MADE/lock" "$top/tests/server.sh" make "$made"
    "$top/tests/cluster.sh" copy "$dir/pg" "$made/pg"
    cp -a "$made"/key* "$dir"
    [ ! -e "$made/demo.txt" ] || cp -p "$made/demo.txt" "$dir"
}

start() {
    local dir=$1 database port
    if [ -n "${TEST_MADE:-}" ]; then copy "$dir"; else fill "$dir"; fi
    database=$("$top/tests/cluster.sh" start "$dir/pg")
    port=$(free_port)
    cat >"$dir/unknot.conf" <<END
listen = 127.0.0.1:$port
origin = http://127.0.0.1:$port
database = $database user=unknot_web
worker_database = $database user=unknot_worker
owner_database = $database user=unknot_owner
key_file = $dir/key
holds_per_address = 100000
${TEST_CONFIG:-}
END
    export UNKNOT_CONFIG=$dir/unknot.conf
    (cd "$top" && exec setsid "$program" up >"$dir/server.log" 2>&1 </dev/null) &
    echo $! >"$dir/server.pid"
    for _ in $(seq 600); do
        if [ "$(http_status "$port" /readyz 1)" = 200 ]; then
            echo "UNKNOT_URL=http://127.0.0.1:$port"
            return
        fi
        kill -0 "$(cat "$dir/server.pid")" 2>/dev/null || break
        sleep 0.1
    done
    tail -n 30 "$dir/server.log" >&2
    return 1
}

# The server first, with time to drain; its exit status is asked for by the shell that started it only.
stop() {
    local dir=$1 status=0 pid
    if pid=$(cat "$dir/server.pid" 2>/dev/null); then
        stop_pid "$pid" 20
        wait "$pid" 2>/dev/null || status=$?
        [ $status != 127 ] || status=0 # not a child of this shell
        if [ $status != 0 ] || grep -qE 'Sanitizer|runtime error:' "$dir/server.log"; then
            status=1
            { grep -m 1 -A 40 -E 'Sanitizer|runtime error:' "$dir/server.log" || tail -n 30 "$dir/server.log"; } >&2
        fi
    fi
    if [ -d "$dir/pg" ]; then "$top/tests/cluster.sh" stop "$dir/pg" || status=1; fi
    rm -rf "$dir"
    return $status
}

with() {
    local dir status=0
    dir=$(mktemp -d "${TMPDIR:-/tmp}/unknot-server.XXXXXX")
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    # shellcheck disable=SC2064
    trap "trap '' INT TERM HUP; stop '$dir' || :" EXIT
    start "$dir" >"$dir/url" || die "The server under test did not start."
    export "$(cat "$dir/url")" UNKNOT_CONFIG="$dir/unknot.conf" TEST_DIR="$dir" TEST_PROGRAM="$program"
    "$@" || status=$?
    trap - EXIT
    if stop "$dir"; then
        echo "ok - the server ended in order and its sanitizers were silent"
    else
        echo "not ok - the server ended in order and its sanitizers were silent"
        status=1
    fi
    return $status
}

case ${1:-} in
start | stop | make)
    [ $# = 2 ] || die "tests/server.sh $1 DIR"
    case $2 in /*) "$1" "$2" ;; *) "$1" "$PWD/$2" ;; esac
    ;;
with)
    shift
    with "$@"
    ;;
*) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
esac
