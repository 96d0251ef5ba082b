/* Files of pairs: whatever the bytes, either a reason that names the file, or pairs of well-formed texts; read as a
 * file of pairs and as predictions. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/base.h"
#include "base/utf8.h"
#include "eval/pairs.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_text(struct drp_sv text)
{
    must(text.ptr && drp_utf8_invalid(text) == SIZE_MAX);
}

static void check_pair(const struct drp_pair *pair, bool is_run)
{
    check_text(pair->hypothesis);
    check_text(pair->reference);
    if (is_run) {
        check_text(pair->method);
        check_text(pair->model);
        check_text(pair->user_id);
        must(isfinite(pair->temperature));
    } else {
        must(!pair->method.ptr && isnan(pair->temperature));
    }
}

/* The folder of a run, with the bytes as its predictions. */
static void read_all(const struct drp_source *source, const char *path)
{
    struct drp_pairs *pairs = NULL;
    struct drp_pair pair;
    struct drp_err err = {0};
    int rc = drp_pairs_open(source, &pairs, &err);
    int64_t line = 0;
    while (rc >= 0 && (rc = drp_pairs_next(pairs, &pair, &err)) > 0) {
        must(drp_pairs_line(pairs) > line);
        line = drp_pairs_line(pairs);
        check_pair(&pair, source->is_run);
    }
    must(rc == 0 || strstr(err.text, path));
    drp_pairs_free(pairs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64], dir[] = "/tmp/drp-fuzz-XXXXXX", link[64];
    const int fd = memfd_create("pairs", 0);
    must(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    read_all(&(struct drp_source){path, false}, path);
    must(lseek(fd, 0, SEEK_SET) == 0);
    must(mkdtemp(dir) != NULL);
    snprintf(link, sizeof link, "%s/predictions.jsonl", dir);
    must(symlink(path, link) == 0);
    read_all(&(struct drp_source){dir, true}, link);
    must(unlink(link) == 0 && rmdir(dir) == 0);
    close(fd);
    return 0;
}
