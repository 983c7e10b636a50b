# shellcheck shell=bash
# For the scripts of this folder, which source it: the directory that is measured.
#
#   BENCH_MEMORY=512MB        shared buffers of the cluster

# make_directory DIR ORIGIN: a cluster in DIR/pg with $therapists therapists of $bookings visits each, and DIR/unknot.conf, which
# UNKNOT_CONFIG then names. What follows ORIGIN on lines of their own goes in too.
make_directory() {
    local dir=$1 database step
    database=$(tests/cluster.sh start "$dir/pg" shared_buffers="${BENCH_MEMORY:-512MB}" max_wal_size=4GB checkpoint_timeout=30min)
    cat >"$dir/unknot.conf" <<END
origin = $2
database = $database user=unknot_web
worker_database = $database user=unknot_worker
owner_database = $database user=unknot_owner
key_file = $dir/key
log_level = error
END
    export UNKNOT_CONFIG=$dir/unknot.conf
    for step in "keys new $dir/key" migrate 'import places' "generate $therapists --bookings $bookings"; do
        # shellcheck disable=SC2086
        build/unknot $step >"$dir/step.log" 2>&1 || { cat "$dir/step.log" >&2; exit 1; }
    done
}
