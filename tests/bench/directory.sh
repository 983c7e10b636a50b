# shellcheck shell=bash
# For the scripts of this folder, which source it: the directory that is measured.
#
#   BENCH_MEMORY=512MB        shared buffers of the cluster
#   BENCH_KEEP=               a folder in which the directory is kept: made by the first run, used again by later ones

# make_directory DIR ORIGIN: a cluster with $therapists therapists of $bookings visits each in $home/pg, and DIR/unknot.conf, which
# UNKNOT_CONFIG then names. What follows ORIGIN on lines of their own goes in too. $home is DIR, or BENCH_KEEP.
make_directory() {
    local dir=$1 database step steps
    home=${BENCH_KEEP:-$dir}
    mkdir -p "$home"
    database=$(tests/cluster.sh start "$home/pg" shared_buffers="${BENCH_MEMORY:-512MB}" max_wal_size=4GB checkpoint_timeout=30min)
    cat >"$dir/unknot.conf" <<END
origin = $2
database = $database user=unknot_web
worker_database = $database user=unknot_worker
owner_database = $database user=unknot_owner
key_file = $home/key
log_level = error
END
    export UNKNOT_CONFIG=$dir/unknot.conf
    steps=("keys new $home/key" migrate 'import places' "generate $therapists --bookings $bookings")
    [ ! -e "$home/made" ] || steps=(migrate)
    for step in "${steps[@]}"; do
        # shellcheck disable=SC2086
        build/unknot $step >"$dir/step.log" 2>&1 || { cat "$dir/step.log" >&2; exit 1; }
    done
    touch "$home/made"
}

# end_directory: its cluster ends, and goes with all it has unless it is kept
end_directory() {
    [ -n "${home:-}" ] || return 0
    if [ -n "${BENCH_KEEP:-}" ]; then tests/cluster.sh halt "$home/pg"; else tests/cluster.sh stop "$home/pg"; fi >/dev/null 2>&1 || :
}
