#!/usr/bin/env bash
# `make bench`: what this machine does with this program, in one run. Ratios compare things measured minutes apart on the same
# machine; absolute figures are only as good as the machine is idle.
#
#   BENCH_THERAPISTS=100000   size of the generated directory
#   BENCH_BOOKINGS=20         visits of each in the next six weeks
#   BENCH_SECONDS=5           length of each measurement
#   BENCH_ROUNDS=3            rounds of alternating measurements; the median counts
#   BENCH_MEMORY=512MB        shared buffers of the cluster
#   BENCH_KEEP=               a folder in which the directory is kept for later runs: a million takes half an hour to make
#   BENCH_ASKS=200            attempts of each kind at sign-in, sign-up and a new password
set -euo pipefail
. "$(dirname "$0")/../../deploy/lib.sh"
. "$(dirname "$0")/directory.sh"
cd "$top"
therapists=${BENCH_THERAPISTS:-100000} bookings=${BENCH_BOOKINGS:-20} seconds=${BENCH_SECONDS:-5} rounds=${BENCH_ROUNDS:-3}
for name in $(compgen -v UNKNOT_); do unset "$name"; done
make -s build build/bench_keys

dir=$(mktemp -d /tmp/unknot-bench.XXXXXX)
chmod 711 "$dir"
server='' nginx='' worker='' keyd='' behind=''
finish() {
    trap '' INT TERM HUP
    if [ -n "$server" ]; then kill "$server" 2>/dev/null && wait "$server" || :; fi
    if [ -n "$worker" ]; then kill "$worker" 2>/dev/null && wait "$worker" || :; fi
    if [ -n "$keyd" ]; then kill "$keyd" 2>/dev/null && wait "$keyd" || :; fi
    if [ -n "$behind" ]; then kill "$behind" 2>/dev/null && wait "$behind" || :; fi
    if [ -n "$nginx" ]; then kill "$nginx" 2>/dev/null && wait "$nginx" || :; fi
    end_directory
    rm -rf "$dir"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

now_ms() { echo $(($(date +%s%N) / 1000000)); }
median() { sort -g | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
rss_mib() { awk '/^VmRSS/ {printf "%.1f", $2 / 1024}' "/proc/$1/status"; }
share() { awk -v a="$1" -v b="$2" 'BEGIN {printf "%.2f", a / b}'; }
line() { printf '%-46s %s\n' "$1" "$2"; }

# load NAME CONNECTIONS URL [SCRIPT]: requests per second, p50 and p99 in ms; anything but 2xx fails the run
load() {
    local log=$dir/$1.log
    wrk -t1 -c"$2" -d"${seconds}s" --latency ${4:+-s "$4"} "$3" >"$log"
    if grep -q 'Non-2xx\|Socket errors' "$log"; then
        cat "$log" >&2
        die "The load of $1 got errors."
    fi
    awk 'function ms(t) {return t ~ /us$/ ? t / 1000 : t ~ /ms$/ ? t + 0 : t * 1000}
         /^ +50%/ {a = ms($2)} /^ +99%/ {b = ms($2)} /Requests\/sec/ {r = $2} END {print r, a, b}' "$log"
}

echo "Making a directory of $therapists therapists with $bookings visits each..."
began=$(now_ms)
port=$(free_port)
make_directory "$dir" "http://127.0.0.1:$port
listen = 127.0.0.1:$port"
made=$(($(now_ms) - began))
sql() { tests/cluster.sh psql "$home/pg" -X -q -A -t -v ON_ERROR_STOP=1 "$@"; }
sql -c 'vacuum analyze' >/dev/null

sql -f tests/bench/questions.sql >/dev/null
sql -c 'vacuum analyze' >/dev/null
for which in path facets_path; do
    sql -c "select $which from unknot.bench order by i" >"$dir/$which"
    # What was asked before is answered from memory: a number that nobody reads makes each question a new one. Its name has a digit, for one of
    # letters might be a taxonomy, and the database would look for it.
    cat >"$dir/$which.lua" <<END
local paths, run = {}, os.time()
for l in io.lines("$dir/$which") do paths[#paths + 1] = l .. "&n0=" .. run .. "-" end
wrk.headers["Accept"] = os.getenv("BENCH_HTML") and "text/html" or "application/json"
local i = 0
request = function() i = i + 1 return wrk.format("GET", paths[i % #paths + 1] .. i) end
END
done
echo 'wrk.headers["Accept-Encoding"] = "gzip, deflate, br"' >"$dir/browser.lua"
# statement NAME EXPRESSION: one of a thousand questions, as the server asks it. Each is asked once before: in a large directory the first wait for the
# disk, and how many of these a measurement had would depend on its length.
statement() {
    printf '\\set i random(1, 1000)\nselect %s from bench b where b.i = :i;\n' "$2" >"$dir/$1.sql"
    sql -c 'set search_path = unknot, public' -c "select count(($2)::text) from bench b" >/dev/null
}
statement search "directory_search(null, b.near, b.radius, b.day, b.part, null, null, null, b.price, null, null, array['technique', b.technique], false, null, null, 0)"
statement open "directory_search(null, b.near, b.radius, null, null, null, null, null, null, null, null, '{}', false, null, null, 0)"
statement words "directory_search(b.word, b.near, null, null, null, null, null, null, null, null, null, '{}', false, null, null, 0)"
statement facets "directory_filters(null, b.near, b.radius, b.day, b.part, null, null, null, b.price, null, null, array['technique', b.technique])"
statement profile "directory_profile(b.slug)"
statement compare "directory_compare(b.others, b.near, false)"
# the same as the server asks when one search follows another: in one transaction
{ echo 'begin transaction read only;' && for _ in {1..20}; do cat "$dir/search.sql"; done && echo 'commit;'; } >"$dir/shared.sql"
cat >"$dir/hold.sql" <<'END'
\set n random(1, 1000000)
begin;
select set_config('app.booking', gen_random_uuid()::text, true);
select booking_hold(gen_random_uuid(), f.slug, f.service_id, f.start, 10, 'api', f.origin) from free f where f.i = :n % (select max(i) / 3 from free) + 1;
commit;
END
# ask STATEMENT CLIENTS [RATE [LENGTH]]: a second, p50 and p99 in ms, in the database alone
ask() {
    rm -f "$dir/asked".*
    # shellcheck disable=SC2086
    PGOPTIONS='-c search_path=unknot,public -c plan_cache_mode=force_generic_plan -c jit=off' \
        "$(pg_bin)/pgbench" -n -M prepared -c "$2" -j 1 ${4:--T $seconds} ${3:+-R "$3"} -l --log-prefix="$dir/asked" -f "$dir/$1.sql" -h "$home/pg" -U unknot_web unknot >"$dir/$1.log" 2>&1 ||
        { cat "$dir/$1.log" >&2; die "The statement $1 failed."; }
    cat "$dir/asked".* | cut -d' ' -f3 | sort -n | awk -v s="$seconds" '{v[NR] = $1 / 1000} END {print NR / s, v[int((NR + 1) / 2)], v[int(NR * 0.99)]}'
}

began=$(now_ms)
build/unknot serve >"$dir/server.log" 2>&1 &
server=$!
until [ "$(http_status "$port" /readyz 1)" = 200 ]; do
    kill -0 $server 2>/dev/null || { cat "$dir/server.log" >&2; die "The server did not start."; }
done
started=$(($(now_ms) - began))
# A directory that was kept owes what fell due while it stood still: reminders of that time are passed over, and the worker does the rest before anything
# is measured, or it would be measured too.
sql >/dev/null <<'END'
set search_path = unknot, public;
update visit_walk set upto = upto + still from (select clock() + interval '2 hours' - upto as still from visit_walk where what = 'reminder 120') w where still > interval '1 minute';
END
build/unknot work >"$dir/worker.log" 2>&1 &
worker=$!
owed() { sql -c "select (select count(*) from unknot.booking where hold_expires <= now()) + (select count(*) from unknot.listing_due where due <= now())"; }
for _ in $(seq 600); do
    [ "$(owed)" -gt 20 ] || break
    sleep 1
done
build/unknot keyd >"$dir/keyd.log" 2>&1 &
keyd=$!
url=http://127.0.0.1:$port
memory_before=$(rss_mib $server)

echo "Measuring ($rounds rounds of ${seconds} s each)..."
load warm 8 "$url/" "$dir/path.lua" >/dev/null
for _ in $(seq "$rounds"); do
    for n in 1 8 32; do
        ask search $n >>"$dir/ask$n"
        ask shared $n | awk '{print $1 * 20}' >>"$dir/shared$n"
        load json $n "$url/" "$dir/path.lua" >>"$dir/json$n"
        BENCH_HTML=1 load html $n "$url/" "$dir/path.lua" >>"$dir/html$n"
    done
    for one in open words facets profile compare; do
        ask $one 1 >>"$dir/ask-$one"
    done
    BENCH_HTML=1 load facets 8 "$url/" "$dir/facets_path.lua" >>"$dir/facets"
done

# Searches beside 200 holds a second of times that nobody else wants. Who holds them is as with true clients: each comes from an address of their own
# (one address would be one client who holds all of them, and each hold counts what its address holds), and wants another therapist than the
# one before (all changes of one therapist wait for each other).
sql >/dev/null <<'END'
set search_path = unknot, public;
set client_min_messages = warning;
drop table if exists free, ready;
drop sequence if exists free_n, ready_n;
create table free as
select row_number() over (order by random())::int as i, t.slug, o.service_id, s.start
from (select location_id, class, therapist_id from listing where shown and not shared order by random() limit 40000) l join listing_offer o using (location_id, class)
join therapist t on t.id = l.therapist_id cross join lateral (select offer_starts(o, null, null, 16777215, clock(), 12) as x offset 0) n
cross join lateral unnest(array[n.x[6]]) s (start)
where s.start is not null limit 100000;
alter table free add origin json;
update free set origin = json_build_object('device', null, 'address', encode(sha256(i::text::bytea), 'hex'), 'per_device', 5, 'per_address', 20);
create unique index on free (i);
grant select on free to unknot_web;
END
# Of these times a third is for the holds beside searches, a third for those in the database, and this for those over HTTP. BENCH_PACE: how many ms each
# connection waits before it holds the next, on average.
sql -F ' ' -c 'set search_path = unknot, public' -c "select slug, service_id, rfc3339(start) from free where i > (select max(i) / 3 * 2 from free) order by i" >"$dir/free"
cat >"$dir/hold.lua" <<END
local wanted, i, run = {}, tonumber(os.getenv("BENCH_FROM")), os.time()
local held = io.open("$dir/held", "a")
for l in io.lines("$dir/free") do wanted[#wanted + 1] = l end
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local pace = tonumber(os.getenv("BENCH_PACE"))
if pace then
    math.randomseed(1)
    delay = function() return math.floor(-math.log(1 - math.random()) * pace) end
end
request = function()
    i = i + 1
    local slug, service, start = wanted[i % #wanted + 1]:match("(%S+) (%S+) (%S+)")
    wrk.headers["X-Forwarded-For"] = string.format("10.%d.%d.%d", i / 65536 % 256, i / 256 % 256, i % 256)
    return wrk.format(nil, "/bookings", nil, string.format('{"therapist":"%s","service":%s,"start":"%s","key":"%08x-0000-4000-8000-%012x"}',
        slug, service, start, run, i))
end
response = function(status, headers, body)
    if status == 201 then
        held:write(body:match('"id"%s*:%s*"([^"]+)"'), " ", body:match('"token"%s*:%s*"([^"]+)"'), "\n")
        held:flush()
    end
end
END
# where the next run of these begins: behind what was held, and what was on its way when each of those before ended
touch "$dir/held"
next_free() { echo run >>"$dir/runs" && echo $(($(wc -l <"$dir/held") + $(wc -l <"$dir/runs") * 100)); }
ask search 1 >"$dir/alone"
seconds=$((seconds + 2)) ask hold 4 200 >"$dir/holds" &
holding=$!
sleep 1
ask_beside() { local dir=$dir; mkdir -p "$dir/beside"; cp "$dir/search.sql" "$dir/beside"; dir=$dir/beside ask search 1; }
ask_beside >"$dir/beside.txt"
wait $holding

# nginx serves files of the sizes that are compared
mkdir -p "$dir/www"
css=$(curl -s "$url/" | grep -o '/static/app\.[^"]*\.css' | head -n 1)
curl -s "$url$css" >"$dir/www/app.css"
curl -s "$url/healthz" >"$dir/www/healthz"
nginx_port=$(free_port) front_port=$(free_port)
cat >"$dir/nginx.conf" <<END
daemon off; pid $dir/nginx.pid; error_log $dir/nginx.err; worker_processes 1;
events { worker_connections 512; }
http { access_log off; root $dir/www; sendfile on; tcp_nopush on; keepalive_requests 1000000;
  client_body_temp_path $dir/www; proxy_temp_path $dir/www;
  server { listen 127.0.0.1:$nginx_port; }
  upstream unknot { server unix:$dir/http.sock; keepalive 32; }
  server { listen 127.0.0.1:$front_port; location / { proxy_pass http://unknot; proxy_http_version 1.1; proxy_set_header Connection "";
    proxy_set_header Host 127.0.0.1:$port; proxy_set_header X-Forwarded-For \$http_x_forwarded_for; } } }
END
[ "$(id -u)" != 0 ] || sed -i '1i user root;' "$dir/nginx.conf" # the socket of the server behind it is its user's
nginx -p "$dir" -c "$dir/nginx.conf" 2>/dev/null &
nginx=$!
sleep 1
# The same through the server, behind a proxy, which says from where each comes
UNKNOT_LISTEN=unix:$dir/http.sock build/unknot serve >"$dir/behind.log" 2>&1 &
behind=$!
until [ "$(http_status "$front_port" /readyz 1)" = 200 ]; do
    kill -0 $behind || die "The server behind a proxy did not start."
done
front=http://127.0.0.1:$front_port/
load warm-front 8 "$front" "$dir/path.lua" >/dev/null
load alone-http 1 "$front" "$dir/path.lua" >"$dir/alone-http.txt"
BENCH_FROM=$(next_free) BENCH_PACE=75 seconds=$((seconds + 2)) load holds-http 16 "$front" "$dir/hold.lua" >"$dir/holds-http.txt" &
holding=$!
sleep 1
load beside-http 1 "$front" "$dir/path.lua" >"$dir/beside-http.txt"
wait $holding

results="$url/therapists?near=Portland%2C%20OR"
for _ in $(seq "$rounds"); do
    load static-nginx 32 "http://127.0.0.1:$nginx_port/app.css" >>"$dir/static-nginx"
    load static 32 "$url$css" >>"$dir/static"
    load health-nginx 32 "http://127.0.0.1:$nginx_port/healthz" >>"$dir/health-nginx"
    load health 32 "$url/healthz" >>"$dir/health"
    load kept-first 32 "$url/" "$dir/browser.lua" >>"$dir/kept-first"
    load kept-results 32 "$results" "$dir/browser.lua" >>"$dir/kept-results"
done

# A sealed document of 4 KB, opened as a request does
for _ in $(seq "$rounds"); do build/bench_keys "$home/key.epochs/socket" 2000 >>"$dir/opened"; done

# One therapist's month, and holds of times nobody else wants
slug=$(sql -c "select t.slug from unknot.listing l join unknot.listing_offer o using (location_id, class) join unknot.therapist t on t.id = l.therapist_id
    where l.shown and o.runs[4] is not null limit 1")
cat >"$dir/slots.lua" <<END
local i, run = 0, os.time()
request = function() i = i + 1 return wrk.format("GET", "/therapists/$slug/slots?days=31&n=" .. run .. "-" .. i) end
END
load slots 16 "$url/" "$dir/slots.lua" >"$dir/slots"
# What was held, passed and named can be confirmed: the first half over HTTP, the other in the database alone.
cat >"$dir/confirm.lua" <<END
local ready, i = {}, 0
for l in io.lines("$dir/held") do ready[#ready + 1] = l end
wrk.method = "POST"
request = function()
    i = i + 1
    local id, token = ready[(i - 1) % #ready + 1]:match("(%S+) (%S+)")
    return wrk.format(nil, "/bookings/" .. id .. "/confirm", {["Content-Type"] = "application/json", Authorization = "Bearer " .. token}, "{}")
end
END
sed -e "s/^.set n .*/select nextval('free_n') as n \\\\gset/; s/:n %.*;/:n;/" "$dir/hold.sql" >"$dir/hold-next.sql"
cat >"$dir/confirm.sql" <<'END'
select nextval('ready_n') as n \gset
begin;
select set_config('app.booking', r.token, true) from ready r where r.i = :n;
select booking_confirm(r.id, 'https://example.org/b/x') from ready r where r.i = :n;
commit;
END
sql -c 'set search_path = unknot, public' -c 'create sequence free_n' -c "select setval('free_n', (select max(i) / 3 from free))" -c 'grant usage on sequence free_n to unknot_web' >/dev/null
for _ in $(seq "$rounds"); do
    ask hold-next 16 >>"$dir/hold-db"
    BENCH_FROM=$(next_free) load hold 16 "$front" "$dir/hold.lua" >>"$dir/hold"
done
{
    echo "set search_path = unknot, public; create table ready (i int generated always as identity primary key, id uuid, token text);"
    echo "copy ready (id, token) from stdin with (delimiter ' ');"
    cat "$dir/held"
    echo '\.'
    cat <<'END'
create sequence ready_n;
select setval('ready_n', (select count(*) / 2 from ready));
grant select on ready to unknot_web;
grant usage on sequence ready_n to unknot_web;
set session_replication_role = replica;
with c as (insert into safety_check (booking_id, outcome, rules, sealed) select id, 'PROCEED', 'bench', 'bench' from ready returning id, booking_id)
update booking b set safety_id = c.id, client_name = 'Carla Client', client_email = 'carla@example.org' from c where b.id = c.booking_id;
update booking b set hold_expires = now() + interval '1 hour' from ready r where r.id = b.id;
END
} | sql -f - >/dev/null
# as many as there are, and no more
ask confirm 16 '' "-t $(($(wc -l <"$dir/held") / 32))" >/dev/null
awk '/^tps/ {print $3}' "$dir/confirm.log" >"$dir/confirm-db"
seconds=1 load confirm 16 "$url/" "$dir/confirm.lua" >"$dir/confirm"
memory_after=$(rss_mib $server)

rate() { awk '{print $1}' "$dir/$1" | median; }
p50() { awk '{print $2}' "$dir/$1" | median; }
p99() { awk '{print $3}' "$dir/$1" | median; }
echo
line "directory of $therapists made in" "$(awk -v m=$made 'BEGIN {printf "%.0f s", m / 1000}')"
line "start to first answer" "$started ms"
line "memory at start, after the run" "$memory_before MiB, $memory_after MiB"
echo
for n in 1 8 32; do
    line "search in the database, $n at once" "$(rate ask$n) a second, p50 $(p50 ask$n) ms, p99 $(p99 ask$n) ms"
    line "  20 in a transaction" "$(rate shared$n) a second"
    line "  over HTTP, JSON" "$(rate json$n) a second, p50 $(p50 json$n) ms, p99 $(p99 json$n) ms: $(share "$(rate json$n)" "$(rate ask$n)"), of 20 in a transaction $(share "$(rate json$n)" "$(rate shared$n)")"
    line "  over HTTP, page" "$(rate html$n) a second, p50 $(p50 html$n) ms, p99 $(p99 html$n) ms: costs $(share "$(rate json$n)" "$(rate html$n)") times the JSON"
done
line "search in the database beside $(rate holds) holds" "p99 $(p99 beside.txt) ms, alone $(p99 alone) ms: $(share "$(p99 beside.txt)" "$(p99 alone)")"
line "  over HTTP beside $(rate holds-http.txt) holds a second" "p99 $(p99 beside-http.txt) ms, alone $(p99 alone-http.txt) ms: $(share "$(p99 beside-http.txt)" "$(p99 alone-http.txt)")"
line "search, nothing asked but where" "p50 $(p50 ask-open) ms, p99 $(p99 ask-open) ms"
line "search, words with slips" "p50 $(p50 ask-words) ms, p99 $(p99 ask-words) ms"
line "filters with their counts" "p50 $(p50 ask-facets) ms, p99 $(p99 ask-facets) ms; page, 8 connections: p50 $(p50 facets) ms, p99 $(p99 facets) ms"
line "profile" "p50 $(p50 ask-profile) ms, p99 $(p99 ask-profile) ms"
line "compare three" "p50 $(p50 ask-compare) ms, p99 $(p99 ask-compare) ms"
echo
line "style sheet, $(wc -c <"$dir/www/app.css") bytes" "$(rate static) a second, nginx $(rate static-nginx): $(share "$(rate static)" "$(rate static-nginx)")"
line "/healthz" "$(rate health) a second, nginx $(rate health-nginx): $(share "$(rate health)" "$(rate health-nginx)")"
echo
line "first page from memory" "$(rate kept-first) a second, p50 $(p50 kept-first) ms, p99 $(p99 kept-first) ms, /healthz: $(share "$(rate kept-first)" "$(rate health)")"
line "results from memory" "$(rate kept-results) a second, p50 $(p50 kept-results) ms, p99 $(p99 kept-results) ms, /healthz: $(share "$(rate kept-results)" "$(rate health)")"
line "31 days of free times, 16 connections" "$(rate slots) a second, p50 $(p50 slots) ms, p99 $(p99 slots) ms"
line "hold a free time, 16 connections" "$(rate hold) a second, p50 $(p50 hold) ms, p99 $(p99 hold) ms; in the database $(rate hold-db): $(share "$(rate hold)" "$(rate hold-db)")"
line "confirm one, 16 connections" "$(rate confirm) a second, p50 $(p50 confirm) ms, p99 $(p99 confirm) ms; in the database $(rate confirm-db): $(share "$(rate confirm)" "$(rate confirm-db)")"
line "open 4 KB sealed for a client" "p50 $(rate opened) ms, p99 $(p50 opened) ms; with the key at hand p50 $(p99 opened) ms"
line "a full form judged" "$(build/unknot questionnaire check | sed -n 's/.*version [0-9]* in //p')"
echo
# on a server of their own; BENCH_ASKS=2000 for the figure that counts
BENCH_ASKS=${BENCH_ASKS:-200} tests/server.sh with node tests/bench/accounts.mjs 2>"$dir/accounts.log" | grep -v '^ok' || { tail -3 "$dir/accounts.log" >&2; die "The attempts at accounts got errors."; }
