/* A PostgreSQL server for the tests of one program, on a Unix socket in a folder of its own. */
#ifndef DRP_TESTS_SUPPORT_POSTGRES_H
#define DRP_TESTS_SUPPORT_POSTGRES_H

#include <stdbool.h>
#include <stdint.h>

/**
 * Starts one; false where the program was built without libpq, so that there is nothing to test: such tests are
 * skipped. Ends the process when it cannot be started or reached.
 */
bool drp_postgres_start(void);

/** The URL of its database; NULL when there is none. */
const char *drp_postgres_url(void);

/** Stops it and removes its folder. */
void drp_postgres_stop(void);

/** Stops it without a word to anybody, as a crash would, and starts it again. */
void drp_postgres_crash(void);

/** Drops every table. */
void drp_postgres_clear(void);

/** A cmocka set-up as drp_temp_setup(), with every table dropped too. */
int drp_postgres_setup(void **state);

/** What a statement gives: a whole number, -1 when it fails, as while the tables are not there. Ends the test when there is no server. */
int64_t drp_postgres_int(const char *sql);

#endif
