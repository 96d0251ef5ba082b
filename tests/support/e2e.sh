# What the end-to-end tests share. Sourced: sets -eu, makes a folder $T that goes away, offers fail and expect.
set -eu
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
SAMPLE=$SOURCE_DIR/share/sample

fail() {
    echo "failed: $*" >&2
    exit 1
}

# expect WANTED GOT WHAT
expect() {
    [ "$1" = "$2" ] || fail "$3: expected $1, got $2"
}

# prepare_sample DIR: the sample corpus as a dataset
prepare_sample() {
    "$DRP" prepare --reviews "$SAMPLE/reviews.jsonl" --meta "$SAMPLE/meta.jsonl" --out "$1" --min-item 4 \
        --min-user 5 --holdout 1 --min-profile 4 --min-profile-item 2 >/dev/null
}

# asked JOURNAL: number of calls in it
asked() {
    sqlite3 "$1" 'SELECT count(*) FROM calls'
}

# small_model: path of the bundled language model
small_model() {
    echo "${DRP_MODELS:-${XDG_CACHE_HOME:-$HOME/.cache}/drp/models}/smollm2-135m-instruct-q8_0.gguf"
}
