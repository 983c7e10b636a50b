#!/usr/bin/env bash
# `make test`: all tests in order, a line for each stage, and a last line `N passed, M failed`.
#   deploy/test.sh [STAGE...]     these stages only: lint clang unit sanitized fuzz sql http fault browser
# Logs are in build/test/. All that is started lives in one temporary folder and ends with it, also when interrupted.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$top"
[ $# -gt 0 ] || set -- lint clang unit sanitized fuzz sql http fault browser
unset MAKEFLAGS MFLAGS MAKELEVEL
# where the published Mustache specification lies, if it is here; all else of UNKNOT_ is configuration
export MUSTACHE_SPEC=${UNKNOT_MUSTACHE_SPEC:-${MUSTACHE_SPEC:-}}
for name in $(compgen -v UNKNOT_); do unset "$name"; done

# One build with sanitizers, of the second compiler, serves all that is tested with them: unit tests, the server of the HTTP tests, fuzz targets.
# clang 14 does not say by a macro, as gcc does, that it is one.
clang=(BUILD=build/clang CC=clang HARD=-fPIE
    CFLAGS='-O1 -gline-tables-only -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -D__SANITIZE_ADDRESS__=1')
ASAN_SYMBOLIZER_PATH=$(command -v llvm-symbolizer addr2line | head -n 1) && export ASAN_SYMBOLIZER_PATH
build() { make -s -j "$(nproc)" "$@"; }

# --- the stages; each prints TAP ---

stage_lint() { deploy/lint.sh; }

# The second compiler, all warnings errors.
stage_clang() {
    build "${clang[@]}" build
    echo "ok - clang builds everything without a warning"
}

# run_unit TEST LOG: one test program, its TAP into the log
run_unit() {
    local status=0 spec=()
    if [ -n "$MUSTACHE_SPEC" ] && [ "${1##*/}" = test_mustache ]; then spec=(UNKNOT_MUSTACHE_SPEC="$MUSTACHE_SPEC"); fi
    echo "# ${1##*/}" >"$2"
    env CMOCKA_MESSAGE_OUTPUT=TAP "${spec[@]}" timeout 120 "$1" >>"$2" 2>&1 || status=$?
    if [ $status != 0 ] && ! grep -q '^not ok' "$2"; then
        echo "not ok - ${1##*/} ended with status $status" >>"$2"
    fi
}
# run_units BUILD-FOLDER: four at a time, since the longest wait more than they work
run_units() {
    local test logs
    logs=$(mktemp -d)
    for test in "$1"/tests/test_*; do
        [ -x "$test" ] || continue
        case $test in *.d) continue ;; esac
        while [ "$(jobs -rp | wc -l)" -ge 4 ]; do wait -n || :; done
        run_unit "$test" "$logs/${test##*/}" &
    done
    wait
    cat "$logs"/*
    rm -r "$logs"
}
# Tests whose source is gone must not run from an earlier build.
forget_units() {
    local test
    for test in "$1"/tests/test_*; do
        [ -e "tests/unit/$(basename "${test%.d}").c" ] || rm -f "$test"
    done
}
stage_unit() {
    forget_units build
    build build tests
    run_units build
}
stage_sanitized() {
    forget_units build/clang
    build "${clang[@]}" build tests
    run_units build/clang
}

stage_fuzz() {
    local targets
    mapfile -t targets < <(find tests/fuzz -name 'fuzz_*.c' | sed 's|.*/|build/clang/|; s|\.c$||' | sort)
    build -k "${clang[@]}" "${targets[@]}" || echo "not ok - every fuzz target builds"
    # shellcheck disable=SC2016
    printf '%s\n' "${targets[@]}" | xargs -r -P 2 -n 1 bash -c '
        name=${1##*/}
        log=build/test/$name.log
        corpus=$(mktemp -d)
        seeds=
        if [ -d "tests/fuzz/corpus/${name#fuzz_}" ]; then seeds=tests/fuzz/corpus/${name#fuzz_}; fi
        if timeout $((60 + ${FUZZ_SECONDS:-1})) "$1" -max_total_time="${FUZZ_SECONDS:-1}" -timeout=5 -rss_limit_mb=1024 -print_final_stats=1 \
                -artifact_prefix="build/test/$name-" "$corpus" $seeds >"$log" 2>&1 </dev/null; then
            echo "ok - $name: $(sed -n "s/^stat::number_of_executed_units: *//p" "$log") inputs"
        else
            tail -n 40 "$log" | sed "s/^/# /"
            echo "not ok - $name"
        fi
        rm -rf "$corpus"' fuzz
}

# Two databases of one cluster, and each test file in the one that is free; changes.sql copies `unknot` and is alone in it.
stage_sql() {
    local database files lane jobs=() status=0
    build build
    compgen -G 'tests/sql/*.sql' >/dev/null || die "tests/sql holds no tests."
    trap 'tests/cluster.sh stop "$TMPDIR/sql"' EXIT
    trap 'exit 143' INT TERM
    database=$(tests/cluster.sh start "$TMPDIR/sql")
    UNKNOT_OWNER_DATABASE="$database user=unknot_owner" UNKNOT_DATABASE="$database user=unknot_web" build/unknot migrate
    tests/cluster.sh psql "$TMPDIR/sql" -d postgres -qc 'create database unknot_beside template unknot'
    files=$(wc -c tests/sql/*.sql | grep -v ' total$' | sort -rn | awk '{print $2}')
    # shellcheck disable=SC2016
    for lane in unknot unknot_beside; do
        PGOPTIONS=--search_path=tap,unknot,public PGTZ=UTC bash -c '
            status=0 lane=$1 psql=$2
            shift 2
            for file in "$@"; do
                [ "$lane $file" != "unknot_beside tests/sql/changes.sql" ] || continue
                mkdir "$TMPDIR/taken-$(basename "$file")" 2>/dev/null || continue
                pg_prove --verbose --psql-bin "$psql" -h "$TMPDIR/sql" -U postgres -d "$lane" "$file" || status=1
            done
            exit $status' lane "$lane" "$(pg_bin)/psql" $files >"$TMPDIR/$lane.lane" 2>&1 &
        jobs+=($!)
    done
    for lane in "${jobs[@]}"; do wait "$lane" || status=$?; done
    cat "$TMPDIR"/*.lane
    rm -r "$TMPDIR"/*.lane "$TMPDIR"/taken-*
    return $status
}

# node_tests FOLDER [NAME...]: its test files, each beside a server. Of some lanes, each with a server and a database of its own, the one that is free
# takes the next file, NAME first and then the longest; a folder made for it says that it is taken. One lane more than processors: each waits at times.
node_tests() {
    local files lane jobs=() status=0
    [ "$(node -p 'parseInt(process.versions.node)')" -ge 18 ] || die "Node.js $(node --version) is too old for the tests: 18 is needed."
    files=$(grep -ls 'node:test' "$1"/*.mjs | xargs -r wc -c | grep -v ' total$' | sort -rn | awk '{print $2}')
    [ -n "$files" ] || die "$1 holds no tests."
    files="$(printf "$1/%s.mjs\n" "${@:2}") $files"
    # shellcheck disable=SC2016
    for lane in $(seq "$(($(nproc) > 2 ? 3 : $(nproc) + 1))"); do
        tests/server.sh with bash -c '
            status=0
            for file in "$@"; do
                if mkdir "$TMPDIR/taken-$(basename "$file")" 2>/dev/null; then node --test --test-reporter=tap "$file" || status=1; fi
            done
            exit $status' lane $files >"$TMPDIR/lane$lane" 2>&1 &
        jobs+=($!)
    done
    for lane in "${jobs[@]}"; do wait "$lane" || status=$?; done
    cat "$TMPDIR"/lane?
    rm -r "$TMPDIR"/lane? "$TMPDIR"/taken-*
    return $status
}
stage_http() {
    build "${clang[@]}" build open
    TEST_PROGRAM=build/clang/unknot node_tests tests/http contention matrix
}
# Each file has an installation of its own, whose parts it kills; two at a time, since they wait more than they work.
stage_fault() {
    build build short
    printf '%s\n' $(grep -ls 'node:test' tests/fault/*.mjs) | TEST_PROGRAM=build/unknot xargs -P 2 -I FILE sh -c '
        status=0
        node --test --test-reporter=tap FILE >"$TMPDIR/$(basename FILE).fault" 2>&1 || status=1
        exit $status' || local status=1
    cat "$TMPDIR"/*.fault
    rm "$TMPDIR"/*.fault
    return ${status:-0}
}
stage_browser() {
    build build
    if [ -e tests/browser/package-lock.json ] &&
        ! cmp -s tests/browser/package-lock.json tests/browser/node_modules/.unknot-lock; then
        (cd tests/browser && npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=1) ||
            die "npm could not bring what the browser tests stand on (playwright-core, axe-core, html-validate, vnu-jar): is its registry within reach?"
        cp tests/browser/package-lock.json tests/browser/node_modules/.unknot-lock
    fi
    node_tests tests/browser pages staff journey
}

# --- running and counting ---

if [ "$1" = --stage ]; then
    "stage_$2"
    exit
fi

deploy/setup build run test
mkdir -p build/test
TMPDIR=$(mktemp -d /tmp/unknot-test.XXXXXX)
chmod 711 "$TMPDIR"
export TMPDIR TEST_MADE=$TMPDIR/made
group=
# Ends what a stage left: its process group, and any PostgreSQL in our folder (each is in a session of its own).
sweep() {
    local dir pid
    if [ -n "$group" ]; then kill -KILL -- "-$group" 2>/dev/null || :; fi
    for dir in /proc/[0-9]*; do
        case $(readlink "$dir/cwd" 2>/dev/null) in
        "$TMPDIR"/*)
            pid=${dir#/proc/}
            kill -KILL "$pid" 2>/dev/null && echo "$pid"
            ;;
        esac
    done
}
finish() {
    local status=$?
    trap '' INT TERM HUP
    if [ -n "$group" ] && kill -TERM -- "-$group" 2>/dev/null; then
        for _ in $(seq 100); do
            kill -0 -- "-$group" 2>/dev/null || break
            sleep 0.1
        done
    fi
    sweep >/dev/null
    rm -rf "$TMPDIR"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

passed=0 failed=0 skipped=0
: >build/test/skipped
# "passed failed skipped" of a log. Node sums up by itself (`# pass N`); its numbered lines are then not counted again.
count() {
    awk '
        /^# pass [0-9]+$/ { summed = 1; node_pass += $3 }
        /^# (fail|cancelled) [0-9]+$/ { node_fail += $3 }
        /^# (skipped|todo) [0-9]+$/ { node_skip += $3 }
        /^(not )?ok( |$)/ {
            numbered = $0 ~ /^(not )?ok [0-9]/
            kind = tolower($0) ~ /# (skip|todo)/ ? "skip" : ($1 == "ok" ? "ok" : "not")
            if (numbered) n[kind]++; else own[kind]++
        }
        END {
            if (summed) print node_pass + own["ok"], node_fail + own["not"], node_skip + own["skip"]
            else print n["ok"] + own["ok"], n["not"] + own["not"], n["skip"] + own["skip"]
        }' "$1"
}
# What to read first of a log: the failed tests with what they say of themselves, else compilers' errors, else the end.
show() {
    awk '
        /^ *not ok/ && !/# (TODO|SKIP)/ { print; left = 14; next }
        /ERROR: |runtime error:/ { print; left = 14; next }
        /^ *(ok|\.\.\.|stack:)/ { left = 0 }
        left > 0 && !/^ *(---|(duration_ms|location|failureType|code|name|operator|type):)/ { print }
        { left-- }' "$1" >"$TMPDIR/shown"
    [ -s "$TMPDIR/shown" ] || grep -A 4 -E 'error:' "$1" >"$TMPDIR/shown" || tail -n 25 "$1" >"$TMPDIR/shown"
    cat "$TMPDIR/shown"
}
for stage in "$@"; do
    log=build/test/$stage.log
    begun=$SECONDS
    status=0
    setsid bash "$0" --stage "$stage" >"$log" 2>&1 </dev/null &
    group=$!
    wait $group || status=$?
    left=$(sweep)
    group=
    read -r good bad skips < <(count "$log")
    why=
    if [ -n "$left" ]; then
        bad=$((bad + 1))
        why="; it left processes running, ended now"
    fi
    if [ "$status" != 0 ] && [ "$bad" = 0 ]; then
        bad=1
        why="; it ended with status $status"
    elif [ "$good" = 0 ] && [ "$bad" = 0 ]; then
        bad=1
        why="; it ran no test"
    fi
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + skips))
    printf '%-10s %5d passed, %d failed  (%d s)%s\n' "$stage" "$good" "$bad" $((SECONDS - begun)) "$why"
    if [ "$bad" != 0 ]; then
        show "$log" | head -n 60 | sed 's/^/    /'
        echo "    the rest: $log"
    fi
    awk -v stage="$stage" '
        /skip: / { reason = $0; sub(/.*skip: /, "", reason) }
        tolower($0) ~ /^ *(not )?ok .*# (skip|todo)/ {
            sub(/^ *(not )?ok( [0-9]+)?( -)? */, "")
            print "skipped: " stage ": " $0 (reason == "" ? "" : " (" reason ")")
            reason = ""
        }' "$log" >>build/test/skipped
done
cat build/test/skipped
line="$passed passed, $failed failed"
[ $skipped = 0 ] || line+=", $skipped skipped"
echo "$line"
[ $failed = 0 ] || exit 1
