#!/bin/bash
# A PostgreSQL server of our own, for one test: in a folder, on a Unix socket, without a port.
#
# usage: postgres.sh start DIR    prints the URL of an empty database
#        postgres.sh stop DIR [fast|immediate]
#        postgres.sh again DIR    starts it again after a stop
#        postgres.sh sql DIR SQL  the answer of one statement, fields and rows unadorned
set -eu

dir=$2/postgres
programs=$(find /usr/lib/postgresql -path '*/bin/initdb' 2>/dev/null | sort -V | tail -n 1)
[ -n "$programs" ] || programs=$(command -v initdb) || { echo "no PostgreSQL: apt-get install postgresql" >&2; exit 1; }
programs=$(dirname "$programs")

# initdb and postgres refuse to be root.
as_user() {
    if [ "$(id -u)" = 0 ]; then
        runuser -u postgres -- "$@"
    else
        "$@"
    fi
}

# What a test writes is not worth a sync of the disk: it is clients that are killed here, not machines.
start() {
    as_user "$programs/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 60 -s \
        -o "-k $dir -c listen_addresses= -c fsync=off -c max_connections=60 -c shared_buffers=16MB" start ||
        { cat "$dir/log" >&2; exit 1; }
}

case $1 in
start)
    mkdir "$dir"
    if [ "$(id -u)" = 0 ]; then
        chown postgres "$dir"
        chmod 755 "$2" # the server's user has to get through
    fi
    cd "$dir"
    as_user "$programs/initdb" -D "$dir/data" -U drp -A trust -E UTF8 --locale=C --no-sync >"$dir/initdb.log" 2>&1 ||
        { cat "$dir/initdb.log" >&2; exit 1; }
    start
    echo "postgresql://drp@/postgres?host=$dir"
    ;;
stop)
    cd "$dir"
    as_user "$programs/pg_ctl" -D "$dir/data" -m "${3:-fast}" -w -s stop || true
    ;;
again)
    cd "$dir"
    start
    ;;
sql)
    "$programs/psql" -X -q -t -A -v ON_ERROR_STOP=1 "postgresql://drp@/postgres?host=$dir" -c "$3"
    ;;
*)
    echo "usage: postgres.sh start|stop|again|sql DIR" >&2
    exit 2
    ;;
esac
