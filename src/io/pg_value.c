/* Binary forms are PostgreSQL's: integers and the bits of doubles with the high byte first; an array is the
 * number of dimensions, a flag for NULLs, the type of its elements, length and first index, then each element
 * behind its length, -1 for NULL. */
#include "io/pg_value.h"

#include <string.h>

#include "base/base.h"

#include "base/banned.h"

enum {
    HEADER_BYTES = 20,
    TYPE_BYTES_ARRAY = 1001,
    TYPE_TEXT_ARRAY = 1009,
    TYPE_INT_ARRAY = 1016,
    TYPE_DOUBLE_ARRAY = 1022
};

static void write_be(unsigned char *out, uint64_t value, size_t n)
{
    for (size_t i = n; i-- > 0; value >>= 8)
        out[i] = (unsigned char)value;
}

static void add_be(struct drp_str *out, uint64_t value, size_t n)
{
    unsigned char bytes[8];
    write_be(bytes, value, n);
    drp_str_add(out, (struct drp_sv){(const char *)bytes, n});
}

struct drp_pg_arg drp_pg_int(int64_t value)
{
    struct drp_pg_arg arg = {.type = DRP_PG_INT, .is_small = true};
    write_be(arg.small, (uint64_t)value, sizeof arg.small);
    return arg;
}

struct drp_pg_arg drp_pg_text(struct drp_sv text)
{
    return (struct drp_pg_arg){.type = DRP_PG_TEXT, .bytes = text};
}

struct drp_pg_arg drp_pg_bytes(struct drp_sv bytes)
{
    return (struct drp_pg_arg){.type = DRP_PG_BYTES, .bytes = bytes};
}

void drp_pg_column_init(struct drp_pg_column *c, enum drp_pg_type type)
{
    *c = (struct drp_pg_column){.type = type};
    drp_str_init(&c->bytes, ((size_t)1 << 30) - 1);
}

void drp_pg_column_release(struct drp_pg_column *c)
{
    drp_str_release(&c->bytes);
}

/* The header's place is kept free; it is written when the number of elements is known. */
static void begin_element(struct drp_pg_column *c)
{
    static const char header[HEADER_BYTES];
    if (c->n++ == 0)
        drp_str_add(&c->bytes, (struct drp_sv){header, sizeof header});
}

void drp_pg_column_int(struct drp_pg_column *c, int64_t value)
{
    begin_element(c);
    add_be(&c->bytes, 8, 4);
    add_be(&c->bytes, (uint64_t)value, 8);
}

void drp_pg_column_double(struct drp_pg_column *c, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    drp_pg_column_int(c, (int64_t)bits);
}

void drp_pg_column_add(struct drp_pg_column *c, struct drp_sv sv)
{
    begin_element(c);
    add_be(&c->bytes, sv.ptr ? sv.len : UINT32_MAX, 4);
    drp_str_add(&c->bytes, sv);
}

static uint32_t array_type(enum drp_pg_type type)
{
    return type == DRP_PG_BYTES  ? TYPE_BYTES_ARRAY
           : type == DRP_PG_TEXT ? TYPE_TEXT_ARRAY
           : type == DRP_PG_INT  ? TYPE_INT_ARRAY
                                 : TYPE_DOUBLE_ARRAY;
}

struct drp_pg_arg drp_pg_column_arg(struct drp_pg_column *c)
{
    static const char empty[12]; /* no dimension, no NULL, type filled below */
    if (c->n == 0 && c->bytes.len == 0)
        drp_str_add(&c->bytes, (struct drp_sv){empty, sizeof empty});
    unsigned char *header = (unsigned char *)c->bytes.ptr;
    write_be(header, c->n > 0, 4);
    write_be(header + 4, 1, 4);
    write_be(header + 8, c->type, 4);
    if (c->n > 0 && c->bytes.len >= HEADER_BYTES) {
        write_be(header + 12, c->n, 4);
        write_be(header + 16, 1, 4);
    }
    return (struct drp_pg_arg){.type = array_type(c->type), .bytes = drp_str_sv(&c->bytes)};
}

static uint64_t read_be(struct drp_sv bytes)
{
    uint64_t value = 0;
    for (size_t i = 0; i < bytes.len; i++)
        value = value << 8 | (unsigned char)bytes.ptr[i];
    return value;
}

int64_t drp_pg_read_int(struct drp_sv bytes)
{
    switch (bytes.len) {
    case 1:
        return (int64_t)read_be(bytes);
    case 2:
        return (int16_t)read_be(bytes);
    case 4:
        return (int32_t)read_be(bytes);
    case 8:
        return (int64_t)read_be(bytes);
    default:
        return 0;
    }
}

double drp_pg_read_double(struct drp_sv bytes)
{
    const uint64_t bits = bytes.len == 8 ? read_be(bytes) : 0;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}
