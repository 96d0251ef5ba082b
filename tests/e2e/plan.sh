#!/bin/sh
# A plan of all methods on the sample corpus beside the run that it is of: calls by method and stage, prompt tokens, what
# is shared, disk. What only a model's answers can tell is added: calls after empty answers, and personas that were lost.
. "$SOURCE_DIR/tests/support/e2e.sh"
prepare_sample "$T/data"
options="--method all --limit 2 --items 2 --peers 2 --max-tokens 40 --set pdb.pool=2 --workers 1"

# shellcheck disable=SC2086 # a list of options
"$DRP" plan "$T/data" $options --out "$T/run" --probe 6 --quiet --json >"$T/plan.json"
[ ! -e "$T/run" ] || fail "the plan made the folder of the run"
# shellcheck disable=SC2086
"$DRP" run "$T/data" $options --out "$T/run" --quiet >"$T/account"

# sql QUERY: over tables plan and run, a row for each method and stage
sql() {
    sqlite3 -separator ' ' :memory: "
        CREATE TABLE files (name, text);
        INSERT INTO files VALUES ('plan', CAST(readfile('$T/plan.json') AS TEXT)),
                                 ('run', json_extract(CAST(readfile('$T/run/run.json') AS TEXT), '\$.account'));
        CREATE TABLE counts AS
            SELECT f.name AS file, m.key AS method, s.key AS stage, json_extract(s.value, '\$.calls') AS calls,
                   json_extract(s.value, '\$.kept') AS kept, json_extract(s.value, '\$.prompt_tokens') AS prompt,
                   json_extract(s.value, '\$.cached_tokens') AS cached
            FROM files f, json_each(f.text, '\$.stages') m, json_each(m.value) s;
        CREATE VIEW plan AS SELECT * FROM counts WHERE file = 'plan';
        CREATE VIEW run AS SELECT * FROM counts WHERE file = 'run';
        $1"
}

again=$(sqlite3 "$T/run/journal.db" 'SELECT count(*) FROM calls WHERE repeat % 2 = 1')
lost=$(sed -n 's/.*"personas_lost": \([0-9]*\).*/\1/p' "$T/run/run.json")
others=$(sql "SELECT count(*) FROM plan p LEFT JOIN run r USING (method, stage)
              WHERE p.calls <> coalesce(r.calls, 0) AND p.stage <> 'induce'")
[ "$again" -gt 0 ] || expect 0 "$others" "rows of other calls than planned: $(sql 'SELECT * FROM counts')"
more=$(sql "SELECT sum(r.calls - p.calls) FROM plan p JOIN run r USING (method, stage) WHERE p.stage <> 'induce'")
[ "$more" -le $((2 * again)) ] || fail "$more calls more than planned, $again asked again"
fewer=$(sql "SELECT sum(p.calls - r.calls) FROM plan p JOIN run r USING (method, stage) WHERE p.stage = 'induce'")
[ "$fewer" -le "$lost" ] || fail "$fewer inductions fewer than planned, $lost personas lost"
expect "" "$(sql "SELECT * FROM run r WHERE stage <> 'repair' AND NOT EXISTS
                  (SELECT 1 FROM plan p WHERE p.method = r.method AND p.stage = r.stage)")" "stages not planned"

# Tokens of the rows where nothing was asked again or left out: most of all.
rows="plan p JOIN run r USING (method, stage) WHERE p.calls = r.calls AND p.kept = r.kept"
n_rows=$(sql "SELECT count(*) FROM $rows")
[ "$n_rows" -ge 10 ] || fail "only $n_rows rows have the calls planned: $(sql 'SELECT * FROM counts')"
off=$(sql "SELECT round(100.0 * sum(p.prompt) / sum(r.prompt) - 100, 1) FROM $rows")
sql "SELECT abs($off) <= 10" | grep -q 1 || fail "prompt tokens are $off % off: $(sql 'SELECT * FROM counts')"
# Of all rows too, whatever was asked again.
all=$(sql "SELECT round(100.0 * (SELECT sum(prompt) FROM plan) / (SELECT sum(prompt) FROM run) - 100, 1)")
sql "SELECT abs($all) <= 10" | grep -q 1 || fail "all prompt tokens are $all % off: $(sql 'SELECT * FROM counts')"
shared=$(sql "SELECT sum(p.cached), sum(r.cached) FROM $rows")
sql "SELECT abs(1.0 * sum(p.cached) / sum(r.cached) - 1) <= 0.1 FROM $rows" | grep -q 1 ||
    fail "shared tokens, planned and seen: $shared"
echo "prompt tokens $all % off, those of $n_rows rows $off %; shared tokens, planned and seen: $shared"

# value KEY: a number of the plan
value() {
    sed -n "s/.*\"$1\":\([0-9.]*\)[,}].*/\1/p" "$T/plan.json"
}
[ "${seconds:=$(value seconds)}" ] || fail "no time: $(cat "$T/plan.json")"
echo "seconds planned $seconds, seen $(sed -n 's/.*"milliseconds": \([0-9]*\).*/\1/p' "$T/run/run.json") ms"
sqlite3 "$T/run/journal.db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
journal=$(stat -c %s "$T/run/journal.db")
planned=$(value journal_bytes)
{ [ "$planned" -gt $((journal / 2)) ] && [ "$planned" -lt $((journal * 3 / 2)) ]; } ||
    fail "journal: $planned bytes planned, $journal seen"
echo "journal: $planned bytes planned, $journal seen"

# Given again, the run asks nothing, and the plan says so.
# shellcheck disable=SC2086
"$DRP" plan "$T/data" $options --out "$T/run" --probe 0 --quiet >"$T/again"
head -1 "$T/again" | grep -q 'calls to ask 0$' || fail "the plan would ask again: $(cat "$T/again")"
