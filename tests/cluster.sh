#!/bin/sh
# A throw-away PostgreSQL cluster for tests: Unix socket only, in a directory that is nobody else's.
#
#   tests/cluster.sh start DIR [name=value…]  makes and starts it, prints a connection string. The roles and the database
#                                             of deploy/roles.sql are there, and pgTAP (schema tap) where installed;
#                                             name=value are server settings. What runs or was killed may be started.
#   tests/cluster.sh stop DIR                 stops it and removes DIR
#   tests/cluster.sh halt DIR                 stops it in order and keeps its data
#   tests/cluster.sh copy DIR OF              makes DIR from the cluster in OF, which is halted
#   tests/cluster.sh kill DIR                 kill -9 of the whole server, data left as it lies
#   tests/cluster.sh follow DIR OF            makes and starts a standby of the cluster in OF, which from then on waits for it at each COMMIT
#   tests/cluster.sh promote DIR              makes a standby the primary; it waits for nobody
#   tests/cluster.sh psql DIR [ARGS…]         psql as the superuser, in database unknot
#
# pgTAP wants search_path=tap,unknot,public. The string has no user: add " user=unknot_web" (unknot_owner,
# unknot_worker, postgres). For an ordinary user and for root, who runs the server as `postgres`. Durability is off
# (fsync): this cluster survives kills but not a power cut.
set -eu

here=$(cd "$(dirname "$0")/.." && pwd)
command=${1:-}
dir=${2:-}
die() { echo "cluster.sh: $*" >&2; exit 1; }
case $dir in /*) ;; "") sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;; *) dir=$PWD/$dir ;; esac
shift 2
[ ${#dir} -le 85 ] || die "$dir is too long a path for a Unix socket"

bin=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
[ -x "$bin/initdb" ] || die "no PostgreSQL server in /usr/lib/postgresql: apt install postgresql"

# As the server's user: ourselves, or postgres for root; from / since that user may not be able to look here.
server() {
    if [ "$(id -u)" = 0 ]; then (cd / && exec runuser -u postgres -- "$@"); else (cd / && exec "$@"); fi
}
running() { [ -e "$dir/data/postmaster.pid" ] && server "$bin/pg_ctl" -D "$dir/data" status >/dev/null 2>&1; }
super() { "$bin/psql" -X -q -v ON_ERROR_STOP=1 -h "$dir" -U postgres "$@"; }

make() {
    mkdir -p "$dir"
    [ "$(id -u)" != 0 ] || chown postgres: "$dir"
    chmod 700 "$dir"
    server "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$dir/initdb.log" 2>&1 ||
        { cat "$dir/initdb.log" >&2; die "initdb failed"; }
    server tee -a "$dir/data/postgresql.conf" >/dev/null <<SETTINGS
listen_addresses = ''
unix_socket_directories = '$dir'
unix_socket_permissions = 0700
max_connections = 120
fsync = off
shared_buffers = 64MB
min_wal_size = 32MB
max_wal_size = 96MB
wal_recycle = off
autovacuum_naptime = 1h
log_min_messages = warning
SETTINGS
}

# A server that was just killed may hold its lock file a moment longer: tried again for 10 seconds.
start() {
    tries=0
    until running; do
        if server "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 60 start >/dev/null 2>&1; then break; fi
        tries=$((tries + 1))
        [ $tries -lt 20 ] || { tail -n 20 "$dir/log" >&2; die "the server does not start"; }
        sleep 0.5
    done
}

case $command in
start)
    fresh=
    [ -s "$dir/data/PG_VERSION" ] || { make; fresh=1; }
    for setting in "$@"; do
        echo "${setting%%=*} = '${setting#*=}'" | server tee -a "$dir/data/postgresql.conf" >/dev/null
    done
    start
    if [ -n "$fresh" ]; then
        super -d postgres <"$here/deploy/roles.sql" >/dev/null
        super -d unknot -c "set client_min_messages = warning" -c "create schema tap" \
            -c "grant usage on schema tap to public" -c "create extension pgtap schema tap" >/dev/null 2>&1 || true
    fi
    echo "host=$dir dbname=unknot"
    ;;
stop)
    [ -e "$dir" ] || exit 0
    [ -e "$dir/data/PG_VERSION" ] || die "$dir is not a cluster of mine"
    while running; do server "$bin/pg_ctl" -D "$dir/data" -m immediate -t 10 stop >/dev/null || true; done
    rm -rf "$dir"
    ;;
halt)
    server "$bin/pg_ctl" -D "$dir/data" -m fast -w stop >/dev/null
    ;;
copy)
    of=$1
    cp -a "$of" "$dir"
    server sed -i "s|^unix_socket_directories.*|unix_socket_directories = '$dir'|" "$dir/data/postgresql.conf"
    ;;
kill)
    running || exit 0
    postmaster=$(head -n 1 "$dir/data/postmaster.pid")
    # its children may be quicker to see that it is gone
    # shellcheck disable=SC2046
    server kill -9 "$postmaster" $(ps -o pid= --ppid "$postmaster") 2>/dev/null || :
    while running; do sleep 0.02; done
    ;;
follow)
    of=$1
    mkdir -p "$dir"
    [ "$(id -u)" != 0 ] || chown postgres: "$dir"
    chmod 700 "$dir"
    server "$bin/pg_basebackup" -h "$of" -U postgres -D "$dir/data" -R -X stream -c fast --no-sync
    server sed -i "s|^unix_socket_directories.*|unix_socket_directories = '$dir'|" "$dir/data/postgresql.conf"
    start
    dir=$of
    super -d postgres -c "alter system set synchronous_standby_names = '*'" -c "select pg_reload_conf()" >/dev/null
    ;;
promote)
    super -d postgres -c "alter system set synchronous_standby_names = ''" -c "select pg_reload_conf()" >/dev/null 2>&1 || :
    server "$bin/pg_ctl" -D "$dir/data" -w promote >/dev/null
    super -d postgres -c "alter system set synchronous_standby_names = ''" -c "select pg_reload_conf()" >/dev/null
    ;;
psql) exec "$bin/psql" -X -v ON_ERROR_STOP=1 -h "$dir" -U postgres -d unknot "$@" ;;
*) die "unknown command '$command'" ;;
esac
