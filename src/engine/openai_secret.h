/* The key of a server: where it comes from, and how it stays out of what is shown. */
#ifndef DRP_ENGINE_OPENAI_SECRET_H
#define DRP_ENGINE_OPENAI_SECRET_H

#include "base/err.h"
#include "base/str.h"

/**
 * Appends `text` with every run that begins as `key` does (its first eight bytes, or all
 * of a shorter one) replaced by "(key)" up to the next blank or quote. No key: a copy.
 */
void drp_secret_hide(struct drp_str *out, struct drp_sv text, struct drp_sv key);

/**
 * Reads a key from a file that only its owner may read (mode 0600 or less), into `out`
 * (replacing it), without white space at its ends. **Errors**: DRP_EUSAGE (mode, empty,
 * characters that no header takes), DRP_ENOTFOUND, DRP_EIO.
 */
int drp_secret_read(const char *path, struct drp_str *out, struct drp_err *err) DRP_CHECKED;

/** Fails when a key has characters that no header takes. `from` names its source. */
int drp_secret_check(struct drp_sv key, const char *from, struct drp_err *err) DRP_CHECKED;

#endif
