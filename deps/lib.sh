# What deps/get and deps/peers share. Sourced, with `speaker` (for messages) and `cache` (our folder) set.

say() { echo "$speaker: $*" >&2; }
die() { say "$*"; exit 1; }
hash_text() { sha256sum | cut -c1-16; }

# locked NAME COMMAND…: run a function of this script, alone on this machine.
locked() {
    lock=$cache/locks/$1
    shift
    mkdir -p "$cache/locks"
    ( flock 9; "$@" ) 9>"$lock"
}
