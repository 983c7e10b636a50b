# shellcheck shell=bash
# For the scripts of deploy/ and tests/, which source it. Names used by all:
#   top   the source tree, absolute

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

# C.UTF-8 is in every Debian; PG* of the caller would lead psql and libpq elsewhere.
export LC_ALL=C.UTF-8
unset LANGUAGE
for name in $(compgen -v PG); do unset "$name"; done
umask 022

say() { printf '%s\n' "$*"; }
die() {
    printf '%s\n' "$*" >&2
    exit 1
}

# The folder with initdb, pg_ctl, psql: of major version $1, or the newest there is. Prints nothing when there is none.
pg_bin() {
    local dir
    for dir in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -t / -k 5,5nr); do
        if [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ]; then
            if [ $# -eq 0 ] || [ "$dir" = "/usr/lib/postgresql/$1/bin" ]; then
                printf '%s\n' "$dir"
                return
            fi
        fi
    done
}

# PostgreSQL does not run as root: root lends itself to a system user for it, who is made when missing.
service_user() {
    if [ "$(id -u)" != 0 ]; then
        id -un
        return
    fi
    if ! getent passwd unknot >/dev/null; then
        useradd --system --user-group --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin unknot >&2 ||
            die "The system user 'unknot', who is to run PostgreSQL in place of root, could not be made."
    fi
    echo unknot
}

# as USER COMMAND...: the command as that user; not us: in / since that user may not be able to look here.
as() { (as_exec "$@"); }
# The same in place of the shell that asks, for `(as_exec …) &`: $! is then the command's own pid.
as_exec() {
    local user=$1
    shift
    if [ "$(id -un)" = "$user" ]; then exec "$@"; fi
    cd /
    exec setpriv --reuid="$user" --regid="$(id -gn "$user")" --init-groups -- \
        env HOME=/ USER="$user" LOGNAME="$user" "$@"
}

# True when something answers on 127.0.0.1 port $1.
port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A port nobody listens on, outside the range that outgoing connections take theirs from.
free_port() {
    local port
    while :; do
        port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
        port_taken $port || break
    done
    echo $port
}

# http_status PORT PATH [SECONDS]: the status code of a GET, or nothing. bash alone: curl need not be there.
http_status() {
    local line=
    (
        exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 0
        printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n\r\n' "$2" "$1" >&3
        IFS=' ' read -r -t "${3:-5}" _ line _ <&3 || exit 0
        printf '%s' "$line"
    ) 2>/dev/null
}

# stop_pid PID SECONDS: TERM, wait, KILL.
stop_pid() {
    local pid=$1 ticks=$(($2 * 10))
    kill -TERM "$pid" 2>/dev/null || return 0
    while [ "$ticks" -gt 0 ] && kill -0 "$pid" 2>/dev/null; do
        sleep 0.1
        ticks=$((ticks - 1))
    done
    kill -KILL "$pid" 2>/dev/null || :
}
