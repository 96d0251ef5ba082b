/* Writes entries of a journal to PostgreSQL. */
#ifndef DRP_ENGINE_PG_WRITER_H
#define DRP_ENGINE_PG_WRITER_H

#include "engine/store.h"
#include "io/pg.h"

/** As write() of struct drp_store, on a connection to a database whose tables are there. **Errors**: DRP_EDB. */
int drp_pg_write(struct drp_pg *pg, const struct drp_batch *first,
                 struct drp_err *err) DRP_CHECKED;

#endif
