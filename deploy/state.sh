# shellcheck shell=bash
# Where `make run` keeps things, for deploy/run and deploy/stop. Sourced after lib.sh; sets:
#   state    the folder behind var/            user   who runs PostgreSQL and the server
#   data     what that user owns in it: the cluster (pg), the key file, PostgreSQL's log
#   sockets  where PostgreSQL listens
# In state itself lie, written by whoever runs the script: unknot.conf, lock, run.pid, server.pid, server.log,
# address, and for root a copy of the program.
#
# An ordinary user's state is var/. Root's is /var/lib/unknot-<hash of the path of the source tree>, to which var/ is a link:
# the service user need not be able to look into the source tree. A state once made is used wherever var/ leads.

hash=$(printf '%s' "$top" | sha256sum | cut -c 1-8)
if [ "$(id -u)" != 0 ]; then
    state=$top/var
elif [ -L "$top/var" ] && [ -d "$top/var" ]; then
    state=$(readlink -f "$top/var")
else
    state=/var/lib/unknot-$hash
fi
data=$state/data

# Root before the var/ of an ordinary user becomes that user; call it as: become_owner "$0" "$@"
become_owner() {
    local owner
    [ "$(id -u)" = 0 ] && [ -d "$top/var" ] && [ ! -L "$top/var" ] || return 0
    rmdir "$top/var" 2>/dev/null && return 0
    owner=$(stat -c %U "$top/var")
    [ "$owner" != root ] || die "$top/var is in the way: root's state would lie in $state. Move it elsewhere, then run it again."
    cd "$top" || exit
    exec setpriv --reuid="$owner" --regid="$(id -gn "$owner")" --init-groups -- env HOME=/ USER="$owner" "$@"
}

# Makes what is missing of the folders.
make_state() {
    user=$(service_user)
    if [ "$(id -u)" = 0 ]; then
        mkdir -p "$state"
        chown "root:$(id -gn "$user")" "$state"
        chmod 750 "$state"
        ln -sfn "$state" "$top/var"
    elif [ -L "$top/var" ] && [ ! -w "$top/var" ]; then
        die "var/ leads to $(readlink "$top/var"), made by \`make run\` as root: run it as root again, or remove the link var to begin anew."
    else
        mkdir -p "$state" 2>/dev/null || die "$top cannot be written to by $user."
        chmod 700 "$state"
    fi
    install -d -m 700 -o "$user" -g "$(id -gn "$user")" "$data"
    sockets=$state/sockets
    # a Unix socket's path ends at 107 bytes
    if [ ${#sockets} -gt 88 ]; then sockets=/tmp/unknot-$(id -u "$user")-$hash; fi
    [ -d "$sockets" ] || install -d -m 700 -o "$user" -g "$(id -gn "$user")" "$sockets"
    [ "$(stat -c '%F %U' "$sockets")" = "directory $user" ] ||
        die "$sockets does not belong to $user: remove it, then run it again."
}

# When a process began, in ticks since the machine did: with its number, what no other process has.
started() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20; }

# The number of the server, or of PostgreSQL, if it is alive.
server_pid() {
    local pid begun
    { read -r pid && read -r begun; } 2>/dev/null <"$state/server.pid" || return 1
    [ "$(started "$pid")" = "$begun" ] && echo "$pid"
}
postgres_pid() {
    local pid
    read -r pid 2>/dev/null <"$data/pg/postmaster.pid" || return 1
    [ "$(readlink "/proc/$pid/cwd")" = "$(readlink -f "$data/pg")" ] && echo "$pid"
}

# Ends what runs in the state: the server, then PostgreSQL. Also what a killed run left behind.
stop_state() {
    local pid
    if pid=$(server_pid); then stop_pid "$pid" 20; fi
    rm -f "$state/server.pid" "$state/address"
    if pid=$(postgres_pid); then
        # SIGINT: PostgreSQL ends its sessions and shuts down in order
        kill -INT "$pid" 2>/dev/null || :
        for _ in $(seq 300); do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.1
        done
    elif [ -e "$data/pg/postmaster.pid" ]; then
        # its number may be another process's by now, which would keep PostgreSQL from starting
        rm -f "$data/pg/postmaster.pid"
    fi
}
