#!/bin/sh
# The same run through engine llama and through a llama-server of the same sources, with the same model: files, answers
# and prompt tokens are equal. `make parity` runs it, with LLAMA_SERVER set.
#
# Both sides: one slot, nothing reused, keys of 8 bits, no flash attention, as many threads. The server computes a prompt
# in one pass: a pass of one row rounds differently than one of many. The repetition penalty is off, because the server's
# looks back into the prompt and ours does not.
. "$SOURCE_DIR/tests/support/e2e.sh"
server=
stop_server() { [ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true; }
trap 'stop_server; rm -rf "$T"' EXIT
model=$(small_model)
threads=$(nproc)
context=8192

# start_server: sets url
start_server() {
    : >"$T/server.log"
    "$LLAMA_SERVER" --model "$model" --alias "$(basename "$model" .gguf)" --host 127.0.0.1 --port 0 --offline --no-ui \
        --parallel 1 --ctx-size $context --batch-size 2048 --ubatch-size 2048 --threads "$threads" \
        --threads-batch "$threads" --cache-type-k q8_0 --cache-type-v f16 --flash-attn off --gpu-layers 0 \
        --cache-ram 0 --ctx-checkpoints 0 --no-context-shift --no-warmup --no-mmproj >"$T/server.log" 2>&1 &
    server=$!
    for _ in $(seq 600); do
        kill -0 $server 2>/dev/null || break
        url=$(grep -o -m1 'http://127\.0\.0\.1:[1-9][0-9]*' "$T/server.log") || url=
        [ -z "$url" ] || ! curl -fs "$url/health" >/dev/null || return 0
        sleep 0.1
    done
    tail -n 20 "$T/server.log" >&2
    fail "llama-server did not come up"
}

# run NAME SPEC
run() {
    "$DRP" run "$T/data" --model "$2" --limit 2 --items 2 --peers 2 --max-tokens 48 --method nonp,rag,drp --temperature 0 \
        --strict --workers 1 --set engine.penalty=off --quiet --out "$T/$1" >"$T/$1.account"
}

# only_in A B: calls of run A that run B has not, or has with another answer. (llama-server counts the
# token that ends an answer, we do not: answers are compared, not their numbers of tokens.)
only_in() {
    sqlite3 -line "$T/$1/journal.db" "ATTACH '$T/$2/journal.db' AS other;
        SELECT conversation, answer, finish, prompt_tokens FROM main.readable EXCEPT
        SELECT conversation, answer, finish, prompt_tokens FROM other.readable"
}

prepare_sample "$T/data"
start_server
run llama "llama:$model?ctx=$context&slots=1&threads=$threads"
run server "openai:$url#$(basename "$model" .gguf)"

calls=$(asked "$T/llama/journal.db")
{
    only_in llama server | sed 's/^/llama: /'
    only_in server llama | sed 's/^/server: /'
} >"$T/other"
cat "$T/other" >&2
for file in predictions.jsonl features.jsonl differences.jsonl; do
    cmp "$T/llama/$file" "$T/server/$file" || fail "$file differs"
done
expect "$calls" "$(asked "$T/server/journal.db")" "calls through the server"
[ ! -s "$T/other" ] || fail "calls differ"
echo "$calls calls, $(wc -l <"$T/llama/predictions.jsonl") predictions: the same through llama-server"
