#include "support/postgres.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/base.h"
#include "io/pg.h"
#include "support/temp.h"

#include "base/banned.h"

static struct {
    void *dir;
    char url[4096];
} server;

/* Runs tests/support/postgres.sh; its exit status. What it prints goes to `url` where that is wanted. */
static int script(const char *words, char *url, size_t size)
{
    const char *source = getenv("SOURCE_DIR");
    char command[8192];
    snprintf(command, sizeof command, "bash %s/tests/support/postgres.sh %s",
             source ? source : ".", words);
    FILE *f = popen(command, "r"); /* NOLINT(cert-env33-c): a script of ours */
    if (!f)
        return -1;
    if (url && fgets(url, (int)size, f))
        url[strcspn(url, "\n")] = '\0';
    const int status = pclose(f);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int act(const char *verb, const char *more, char *url, size_t size)
{
    char words[4096];
    snprintf(words, sizeof words, "%s %s %s", verb, (const char *)server.dir, more);
    return script(words, url, size);
}

static void must(int status, const char *what)
{
    if (status == 0)
        return;
    fprintf(stderr, "postgres.sh %s: exit status %d\n", what, status);
    exit(1);
}

/* False where the program was built without libpq. Ends the process when the server cannot be reached. */
static bool can_connect(void)
{
    struct drp_pg *pg = NULL;
    struct drp_err err = {0};
    const int rc = drp_pg_open(server.url, &pg, &err);
    drp_pg_free(pg);
    if (rc < 0)
        fprintf(stderr, "%s\n", err.text);
    must(rc == DRP_EUSAGE ? 0 : rc, "connect");
    return rc == 0;
}

bool drp_postgres_start(void)
{
    must(drp_temp_setup(&server.dir), "folder");
    const int status = act("start", "", server.url, sizeof server.url);
    must(status, "start");
    if (!can_connect()) {
        drp_postgres_stop();
        return false;
    }
    return true;
}

const char *drp_postgres_url(void)
{
    return server.url[0] ? server.url : NULL;
}

void drp_postgres_stop(void)
{
    if (server.url[0])
        must(act("stop", "immediate", NULL, 0), "stop");
    server.url[0] = '\0';
    if (server.dir)
        drp_temp_teardown(&server.dir);
    server.dir = NULL;
}

void drp_postgres_crash(void)
{
    must(act("stop", "immediate", NULL, 0), "stop");
    must(act("again", "", NULL, 0), "again");
}

void drp_postgres_clear(void)
{
    struct drp_pg *pg = NULL;
    struct drp_err err = {0};
    int rc = 0;
    DRP_TRY(rc, drp_pg_open(server.url, &pg, &err));
    DRP_TRY(rc, drp_pg_exec(pg, "DROP SCHEMA public CASCADE; CREATE SCHEMA public", &err));
out:
    drp_pg_free(pg);
    if (rc < 0) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
}

int drp_postgres_setup(void **state)
{
    drp_postgres_clear();
    return drp_temp_setup(state);
}

int64_t drp_postgres_int(const char *sql)
{
    struct drp_pg *pg = NULL;
    struct drp_pg_rows *rows = NULL;
    struct drp_err err = {0};
    int64_t value = -1;
    if (drp_pg_open(server.url, &pg, &err) < 0)
        fail_msg("%s", err.text);
    if (drp_pg_query(pg, sql, NULL, 0, &rows, &err) == 0)
        value = drp_pg_get_int(rows, 0, 0);
    drp_pg_rows_free(rows);
    drp_pg_free(pg);
    return value;
}
