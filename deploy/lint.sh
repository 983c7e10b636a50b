#!/usr/bin/env bash
# What the compilers do not see: banned functions, the direction of imports, SQL and markup where they do not belong, format.
# One TAP line for each check, and what it found below it.
set -euo pipefail
shopt -s lastpipe # check counts in this shell
. "$(dirname "$0")/lib.sh"
cd "$top"
status=0

# check NAME < findings: none is good
check() {
    local found
    found=$(cat)
    if [ -z "$found" ]; then
        echo "ok - $1"
    else
        echo "not ok - $1"
        head -n 40 <<<"$found" | sed 's/^/# /'
        status=1
    fi
}
skip() { echo "ok - $1 # SKIP $2"; }

# C without comments and without what is in string literals; lines keep their numbers
code() {
    local file
    for file in "$@"; do
        gcc -fpreprocessed -dD -E "$file" 2>/dev/null | awk -v file="$file" '
            /^# [0-9]+ "/ { line = $2; next }
            { gsub(/"([^"\\]|\\.)*"/, "\"\""); gsub(/\047([^\047\\]|\\.)+\047/, "0"); print file ":" line ": " $0; line++ }'
    done
}
sources() { find "$@" -name '*.[ch]' 2>/dev/null | sort; }
# Lines where a function of one of these names is called
calls() { grep -E "[^A-Za-z0-9_>.]($1)[[:space:]]*\(" || :; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck disable=SC2046
code $(sources src) >"$work/src"
# shellcheck disable=SC2046
code $(sources tests/unit tests/fuzz) >"$work/tests"
[ -s "$work/src" ] || die "no sources were found"

calls 'strcpy|strcat|strncpy|strncat|stpcpy|sprintf|vsprintf|gets|v?f?s?scanf|strtok|strtok_r|atoi|atol|atoll|atof|alloca|rand|srand|system|popen|tmpnam|mktemp|time|gmtime|localtime|ctime|asctime' \
    <"$work/src" | check "no banned function is called in src"
calls 'strcpy|strcat|strncpy|sprintf|vsprintf|gets|v?f?s?scanf|strtok|atoi|alloca|system|popen' \
    <"$work/tests" | check "no banned function is called in the C tests"
{ calls 'MHD_create_post_processor|MHD_post_process|MHD_http_unescape' <"$work/src"
    grep -E 'MHD_(COOKIE|POSTDATA|GET_ARGUMENT)_KIND' "$work/src" || :; } | check "libmicrohttpd's parsing of forms, cookies and escapes is not used"
grep -v '^src/db/' "$work/src" | calls 'PQ[a-z][A-Za-z]*' | { grep -v 'PQconninfo' || :; } | check "libpq, but for reading connection strings, is called in src/db only"
grep -v '^src/http/' "$work/src" | calls 'MHD_[a-z_]+' | check "libmicrohttpd is called in src/http only"
grep -rnE '"[[:space:]]*(select|insert into|update|delete from|create|alter|drop) [a-z_]+|"[[:space:]]*with [a-z_]+ as' src --include='*.[ch]' |
    grep -v '^src/db/' | check "SQL is in sql/ only" || :

# A declaration and its definition are two places; a third one uses it. queries_use is for tests alone.
unused() {
    awk '{
        file = $1
        sub(/^[^ ]+ [ ]*/, "")
        if (file ~ /\.h:/ && $0 ~ /^[a-z]/ && $0 !~ /^(static|typedef|extern)/ && match($0, /[a-z_0-9]+\(/)) declared[substr($0, RSTART, RLENGTH - 1)] = file
        n = split($0, word, /[^A-Za-z0-9_]+/)
        for (i = 1; i <= n; i++) seen[word[i]]++
    } END { for (name in declared) if (seen[name] < 3 && name !~ /^(queries_use)$/) print declared[name] " " name }' "$work/src"
}
unused | check "every function of a header is used in src"

# The second would replace the first, silently.
grep -hoE '^create or replace function [^)]*\)' sql/functions/*.sql | sort | uniq -d | check "no SQL function is made twice"

# core < http, db, view < web < the subjects < routes.c, main.c
imports() {
    local file room wanted from to
    level() {
        case $1 in
        core) echo 0 ;; http | db | view) echo 1 ;; web) echo 2 ;; *) echo 3 ;;
        esac
    }
    grep -rnoE '#include "[a-z_]+/[a-z_]+\.h"' src --include='*.[ch]' | while IFS=: read -r file line include; do
        room=$(cut -d / -f 2 <<<"$file")
        case $room in *.[ch]) continue ;; esac
        wanted=$(sed 's/.*"\([a-z_]*\)\/.*/\1/' <<<"$include")
        [ "$room" != "$wanted" ] || continue
        from=$(level "$room")
        to=$(level "$wanted")
        if [ "$to" -gt "$from" ] || { [ "$to" = "$from" ] && [ "$to" -lt 3 ]; }; then
            echo "$file:$line: $room must not import $wanted"
        fi
    done
}
imports | check "imports go one way"

if [ -d templates ]; then
    # sign-in, sign-out and theme may come twice without harm (NO_KEY in src/routes.c)
    grep -rn 'name="csrf"' templates --include='*.html' | grep -vE '_form\.html|sign-in|/sign-out|layout/page\.html' | cut -d: -f1 | sort -u |
        while read -r file; do grep -q 'name="key"' "$file" || echo "$file: write {{>layout/_form}} for the token and the idempotency key"; done |
        check "every form that changes something carries an idempotency key"
    grep -rnEi '<[^>]*[[:space:]](style|on[a-z]+)[[:space:]]*=' templates --include='*.html' |
        check "no inline style and no inline handler in templates" || :
    grep -rnEi '<script([[:space:]]+[^>]*)?>' templates --include='*.html' | grep -vE 'src=' |
        check "no inline script in templates" || :
    grep -rnE '<(button|input)( [^>]*)?>' templates --include='*.html' | grep -vE '<(button|input)( [^>]*)? type=' |
        check "every button and input in templates says its type" || :
    grep -rnE '\{\{(\{|&)' templates --include='*.html' | grep -vE '\{\{\{ *(raw\.|\.\}\})[a-z_.]* *\}' |
        check "unescaped output is of raw.* only" || :
fi

# shellcheck disable=SC2046
if ! command -v clang-format >/dev/null || ! clang-format --version | grep -q 'version 14\.'; then
    skip "the format of C" "clang-format 14 is not here"
else
    { clang-format -n -Werror $(sources src tests/unit tests/fuzz tests/bench) 2>&1 | sed -n 's/\(.*\.[ch]\):[0-9]*:[0-9]*: error:.*/\1/p' | sort | uniq -c; } | check "the format of C"
fi

exit $status
