#!/bin/sh
# A run on the sample corpus: files, journal, a second run that asks nothing, one that extends, one that is refused.
. "$SOURCE_DIR/tests/support/e2e.sh"
prepare_sample "$T/data"
run() {
    "$DRP" run "$T/data" --method drp --items 1 --peers 2 --max-tokens 24 --quiet --out "$T/run" "$@"
}

run --user ada,cleo >"$T/account"
expect 2 "$(wc -l <"$T/run/predictions.jsonl")" "predictions"
expect 2 "$(wc -l <"$T/run/differences.jsonl")" "differences: one comparison a sample"
calls=$(asked "$T/run/journal.db")
[ "$calls" -ge 8 ] || fail "calls: 2 samples of at least 1 + 1 + 1 + 1, got $calls"
expect 700 "$(stat -c %a "$T/run")" "mode of the run folder"
for file in run.json journal.db predictions.jsonl features.jsonl differences.jsonl; do
    expect 600 "$(stat -c %a "$T/run/$file")" "mode of $file"
done

cp "$T/run/predictions.jsonl" "$T/first"
run --user ada,cleo >"$T/account"
expect "$calls" "$(asked "$T/run/journal.db")" "calls after the same command"
grep -q "calls answered by the journal *$calls\$" "$T/account" || fail "the account does not say $calls from the journal"
cmp -s "$T/first" "$T/run/predictions.jsonl" || fail "the same command gave other predictions"

run --user ada --temperature 0.8 >"$T/account"
expect 4 "$(wc -l <"$T/run/predictions.jsonl")" "predictions of both users at both temperatures"

status=0
run --user ada --peers 3 2>"$T/refused" || status=$?
expect 3 "$status" "exit status of a different run in the same folder"
grep -q "'peers' was 2 and is 3 now" "$T/refused" || fail "the refusal does not name the option: $(cat "$T/refused")"

"$DRP" eval "$T/run" --quiet >"$T/scores"
expect 3 "$(grep -c "^drp " "$T/scores")" "rows: two temperatures and their mean"
grep -q '"temperature": 0.8' "$T/run/metrics.json" || fail "metrics.json has no row of temperature 0.8"
judged=$("$DRP" eval "$T/run" --quiet --json --judge "llama:$(small_model)")
case $judged in
*'"judge":'*'"judge_asked":12,"judge_unread":0}') ;;
*) fail "the judge did not answer three times for each of four texts: $judged" ;;
esac
judge_calls=$(asked "$T/run/journal.db")
"$DRP" eval "$T/run" --quiet --json --judge "llama:$(small_model)" >"$T/again"
expect "$judge_calls" "$(asked "$T/run/journal.db")" "calls after judging again"
expect "$judged" "$(cat "$T/again")" "judgement again"
