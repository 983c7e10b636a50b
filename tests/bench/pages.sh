#!/usr/bin/env bash
# Two pages in the database alone, to be put beside each other at two sizes of a directory: BENCH_THERAPISTS=1000 tests/bench/pages.sh, then with 100000.
# One line each: a therapist's page as everybody sees it, and the week as its owner sees it (with the session that the policies ask for).
#
#   BENCH_THERAPISTS=1000  BENCH_BOOKINGS=20  BENCH_SECONDS=5  BENCH_ROUNDS=3  BENCH_MEMORY=512MB   as in run.sh
set -euo pipefail
. "$(dirname "$0")/../../deploy/lib.sh"
. "$(dirname "$0")/directory.sh"
cd "$top"
therapists=${BENCH_THERAPISTS:-1000} bookings=${BENCH_BOOKINGS:-20} seconds=${BENCH_SECONDS:-5} rounds=${BENCH_ROUNDS:-3}
for name in $(compgen -v UNKNOT_); do unset "$name"; done
make -s build
dir=$(mktemp -d /tmp/unknot-pages.XXXXXX)
chmod 711 "$dir"
trap 'end_directory; rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM HUP

BENCH_KEEP='' # what it adds for its owners is not for a second run
make_directory "$dir" http://127.0.0.1
sql() { tests/cluster.sh psql "$home/pg" -X -q -A -t -v ON_ERROR_STOP=1 "$@"; }

# A thousand therapists, each signed in; the weeks asked for are this one and the five after it, in which the visits lie
sql >/dev/null <<'END'
set search_path = unknot, public;
create table page (i int primary key, slug text not null, token text not null, who uuid not null default gen_random_uuid(), id int not null);
insert into page (i, slug, token, id)
select row_number() over (order by x.slug), x.slug, 'page ' || x.slug, x.id
from (select id, slug from therapist where published order by sha256(slug::bytea) limit 1000) x;
insert into account (id, role, name, email, password_hash) select who, 'therapist', 'Owner', slug || '@example.org', 'none' from page;
update therapist t set account_id = p.who from page p where p.id = t.id;
insert into session (token_hash, account_id, expires_at) select sha256(token::bytea), who, now() + interval '1 day' from page;
-- none ends for want of use while this runs
update session set seen_at = now() + interval '12 hours';
grant select on page to unknot_web;
END
sql -c 'vacuum analyze' >/dev/null

# Divided by 0, and so an error, when there is no answer: an empty page would be a quick one.
n=$(sql -c 'select count(*) from unknot.page')
cat >"$dir/profile.sql" <<END
\set i random(1, $n)
select d, 1 / (d is not null)::int from page p, directory_profile(p.slug) d where p.i = :i;
END
cat >"$dir/week.sql" <<END
\set i random(1, $n)
\set w random(0, 5)
select w, 1 / (w is not null)::int from (select set_config('app.session', p.token, true) as entered from page p where p.i = :i offset 0) s, practice_week(case when entered <> '' then current_date + 7 * :w end) w;
END
# ask STATEMENT: p50 and p99 in ms
ask() {
    rm -f "$dir/asked".*
    PGOPTIONS='-c search_path=unknot,public -c plan_cache_mode=force_generic_plan -c jit=off' \
        "$(pg_bin)/pgbench" -n -M prepared -c 1 -T "$seconds" -l --log-prefix="$dir/asked" -f "$dir/$1.sql" -h "$home/pg" -U unknot_web unknot >"$dir/$1.log" 2>&1 ||
        { cat "$dir/$1.log" >&2; die "The statement $1 failed."; }
    cat "$dir/asked".* | cut -d' ' -f3 | sort -n | awk '{v[NR] = $1 / 1000} END {print v[int((NR + 1) / 2)], v[int(NR * 0.99)]}'
}
median() { sort -g | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
for _ in $(seq "$rounds"); do
    for one in profile week; do ask $one >>"$dir/ask-$one"; done
done
for one in profile week; do
    printf '%-8s of %7d therapists, %d visits each: p50 %s ms, p99 %s ms\n' $one "$therapists" "$bookings" \
        "$(cut -d' ' -f1 "$dir/ask-$one" | median)" "$(cut -d' ' -f2 "$dir/ask-$one" | median)"
done
