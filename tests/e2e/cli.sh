#!/bin/sh
# The transcripts of the command line.
set -eu
"$SOURCE_DIR/tools/cli-tests" "$SOURCE_DIR"/tests/cli/*.t
