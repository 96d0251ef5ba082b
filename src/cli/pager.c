#include "cli/pager.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cmd.h"

#include "base/banned.h"

static const char usual_pager[] =
    "if command -v less >/dev/null; then exec less; else exec cat; fi";

/* Colours pass, and what fits a screen is not paged. */
static const char less_options[] = "FRX";

int drp_pager_print(struct drp_sv text, struct drp_err *err)
{
    const char *pager = getenv("PAGER");
    if (!isatty(STDOUT_FILENO) || (pager && !*pager))
        return drp_cli_print(text, err);
    setenv("LESS", less_options, 0);
    fflush(stdout);
    /* NOLINTNEXTLINE(cert-env33-c): $PAGER is a command line, the user's own */
    FILE *pipe = popen(pager ? pager : usual_pager, "w");
    if (!pipe)
        return drp_cli_print(text, err);
    /* Who leaves the pager early closes the pipe: no error. */
    const bool is_written = fwrite(text.ptr, 1, text.len, pipe) == text.len;
    const int saved = errno;
    const int status = pclose(pipe);
    if (status != 0 && is_written)
        return drp_fail(err, DRP_EIO, "pager '%s' failed: set PAGER, empty for none",
                        pager ? pager : "less");
    if (!is_written && saved != EPIPE && saved != 0)
        return drp_fail(err, DRP_EIO, "cannot write to the pager: %s", strerror(saved));
    return 0;
}
