#!/bin/bash
# Text for somebody who is in no dataset: from files, with others and without; on a terminal it appears while it is made.
. "$SOURCE_DIR/tests/support/e2e.sh"
grep '"user": *"cleo"' "$SAMPLE/reviews.jsonl" >"$T/mine.jsonl"
grep -v '"user": *"cleo"' "$SAMPLE/reviews.jsonl" | gzip >"$T/others.jsonl.gz"
write() {
    "$DRP" write --history "$T/mine.jsonl" --item-title "Blue enamel teapot" --rating 5 --title "So cheerful!" \
        --item-description "Holds four cups; a wooden handle." --items 2 --peers 2 --max-tokens 24 "$@"
}

write --others "$T/others.jsonl.gz" --meta "$SAMPLE/meta.jsonl" >"$T/text" 2>"$T/errors"
[ "$(wc -w <"$T/text")" -ge 5 ] || fail "no text: $(cat "$T/text")"
grep -q "nobody to compare with" "$T/errors" && fail "with others it says that there are none"

[ "$(write --others "$T/others.jsonl.gz" --meta "$SAMPLE/meta.jsonl" --explain --quiet | grep -c 'review by peer')" = 4 ] ||
    fail "not two peers of two items are compared with, and masked"

# Alone: the ladder, and it says so.
write --json --journal "$T/journal.db" >"$T/alone.json" 2>"$T/errors"
grep -q "nobody to compare with: --others FILE" "$T/errors" || fail "it does not say what is missing: $(cat "$T/errors")"
grep -Eq '"user_id":"cleo".*"fallback":"(own history|plain|title)"' "$T/alone.json" || fail "no fallback: $(cat "$T/alone.json")"
[ "$(asked "$T/journal.db")" -ge 2 ] || fail "nothing in the journal that was asked for"
write --quiet >"$T/alone"
[ "$(ls "$T")" = "$(printf '%s\n' alone alone.json errors journal.db mine.jsonl others.jsonl.gz text)" ] ||
    fail "something else was written: $(ls "$T")"

# On a terminal the same bytes come in the end; from the journal too.
for journal in "$T/journal.db" "$T/new.db"; do
    script -qec "$(printf '%q ' "$DRP" write --history "$T/mine.jsonl" --item-title "Blue enamel teapot" --rating 5 \
        --title "So cheerful!" --item-description "Holds four cups; a wooden handle." --items 2 --peers 2 \
        --max-tokens 24 --quiet --journal "$journal")" /dev/null </dev/null | tr -d '\r' >"$T/live"
    cmp "$T/alone" "$T/live" || fail "the terminal shows another text: $(cat "$T/live")"
done

# Whoever waits at a terminal sees what is asked; the line is wiped, and is no part of the text.
TERM=xterm script -qec "$(printf '%q ' "$DRP" write --history "$T/mine.jsonl" --item-title Teapot --items 2 --max-tokens 24) >$T/piped" \
    /dev/null </dev/null >"$T/waiting"
grep -q "calls answered 0  texts and models are opened" "$T/waiting" || fail "no sign of life: $(cat "$T/waiting")"
grep -qE "(summarize|write): 1 under way" "$T/waiting" || fail "it does not say what is asked: $(cat "$T/waiting")"
grep -q "under way" "$T/piped" && fail "progress in the text"

# Ctrl-C stops it at once: nobody waits for 3,000 tokens.
script -qefc "exec $(printf '%q ' "$DRP" write --history "$T/mine.jsonl" --item-title Teapot --max-tokens 3000 --quiet)" \
    /dev/null >"$T/stopped" </dev/null &
script=$!
until [ -s "$T/stopped" ] || ! kill -0 $script 2>/dev/null; do sleep 0.05; done
kill -INT "$(pgrep -P $script)"
began=$(date +%s)
status=0
wait $script || status=$?
expect 130 $status "exit status after Ctrl-C"
[ $(($(date +%s) - began)) -le 10 ] || fail "Ctrl-C did not stop it at once"
grep -q interrupted "$T/stopped" || fail "it does not say that it was interrupted: $(cat "$T/stopped")"
