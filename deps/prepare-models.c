/* Prepares the two small models of the demo and the tests; deps/get calls it with temporary names.
 *
 *     prepare-models quantize IN.gguf OUT.gguf    any GGUF model as Q8_0
 *     prepare-models bert MODEL_DIR OUT.gguf      a BERT encoder (config.json, vocab.txt,
 *                                                 model.safetensors) with mean pooling as F16
 *
 * The process ends at the first error, so nothing is released on the way. */
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ggml.h>
#include <gguf.h>
#include <llama.h>
#include <yyjson.h>

#define MAX_NAME   256
#define WORD_START "\xe2\x96\x81" /* U+2581: marks the first piece of a word */

enum token_type { TOKEN_NORMAL = 1, TOKEN_CONTROL = 3, TOKEN_UNUSED = 5 };

struct bytes {
    char *ptr; /* len bytes and a NUL */
    size_t len;
};

static void __attribute__((noreturn, format(printf, 1, 2))) die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("prepare-models: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

static void *must_alloc(size_t n, size_t size)
{
    void *p = calloc(n, size);
    if (!p)
        die("out of memory");
    return p;
}

static struct bytes read_file(const char *dir, const char *name)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s/%s", dir, name) >= (int)sizeof path)
        die("path too long: '%s/%s'", dir, name);
    FILE *f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END) != 0)
        die("cannot open '%s'", path);
    long size = ftell(f);
    rewind(f);
    if (size < 0)
        die("cannot tell the size of '%s'", path);
    struct bytes b = {.len = (size_t)size};
    b.ptr = must_alloc(b.len + 1, 1);
    if (fread(b.ptr, 1, b.len, f) != b.len)
        die("cannot read '%s'", path);
    fclose(f);
    return b;
}

static yyjson_val *parse_object(const char *json, size_t len, const char *what)
{
    yyjson_doc *doc = yyjson_read(json, len, 0);
    yyjson_val *root = yyjson_doc_get_root(doc);
    if (!yyjson_is_obj(root))
        die("%s is not a JSON object", what);
    return root;
}

static uint32_t get_u32(yyjson_val *object, const char *key)
{
    yyjson_val *v = yyjson_obj_get(object, key);
    if (!yyjson_is_uint(v) || yyjson_get_uint(v) > UINT32_MAX)
        die("config.json has no number '%s'", key);
    return (uint32_t)yyjson_get_uint(v);
}

static void add_config(struct gguf_context *g, yyjson_val *config)
{
    gguf_set_val_str(g, "general.architecture", "bert");
    gguf_set_val_str(g, "general.name", "all-MiniLM-L6-v2");
    gguf_set_val_u32(g, "general.file_type", LLAMA_FTYPE_MOSTLY_F16);
    gguf_set_val_u32(g, "bert.context_length", get_u32(config, "max_position_embeddings"));
    gguf_set_val_u32(g, "bert.embedding_length", get_u32(config, "hidden_size"));
    gguf_set_val_u32(g, "bert.feed_forward_length", get_u32(config, "intermediate_size"));
    gguf_set_val_u32(g, "bert.block_count", get_u32(config, "num_hidden_layers"));
    gguf_set_val_u32(g, "bert.attention.head_count",
                     get_u32(config, "num_attention_heads"));
    gguf_set_val_f32(g, "bert.attention.layer_norm_epsilon",
                     (float)yyjson_get_num(yyjson_obj_get(config, "layer_norm_eps")));
    gguf_set_val_bool(g, "bert.attention.causal", false);
    gguf_set_val_u32(g, "bert.pooling_type", LLAMA_POOLING_TYPE_MEAN);
    gguf_set_val_u32(g, "tokenizer.ggml.token_type_count",
                     get_u32(config, "type_vocab_size"));
}

/* Splits the text in place into its lines. Owns: the array is the caller's, the lines are text's. */
static char **split_lines(struct bytes text, size_t *n_lines)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++)
        n += text.ptr[i] == '\n';
    char **lines = must_alloc(n + 1, sizeof *lines);
    char *start = text.ptr;
    for (size_t i = 0; i < n; i++) {
        char *end = memchr(start, '\n', (size_t)(text.ptr + text.len - start));
        *end = '\0';
        lines[i] = start;
        start = end + 1;
    }
    if (*start)
        lines[n++] = start;
    *n_lines = n;
    return lines;
}

/* WordPiece marks what continues a word (##), GGUF what starts one. */
static const char *token_text(const char *word, enum token_type type)
{
    if (type != TOKEN_NORMAL)
        return word;
    if (strncmp(word, "##", 2) == 0)
        return word + 2;
    size_t size = strlen(WORD_START) + strlen(word) + 1;
    char *text = must_alloc(size, 1);
    snprintf(text, size, "%s%s", WORD_START, word);
    return text;
}

static enum token_type token_type(const char *word)
{
    size_t len = strlen(word);
    if (len == 0 || word[0] != '[' || word[len - 1] != ']')
        return TOKEN_NORMAL;
    return strncmp(word, "[unused", 7) == 0 ? TOKEN_UNUSED : TOKEN_CONTROL;
}

static void add_special(struct gguf_context *g, char **words, size_t n, const char *key,
                        const char *word)
{
    size_t i = 0;
    while (i < n && strcmp(words[i], word) != 0)
        i++;
    if (i == n)
        die("vocab.txt has no '%s'", word);
    gguf_set_val_u32(g, key, (uint32_t)i);
}

static void add_vocabulary(struct gguf_context *g, struct bytes text)
{
    static const struct {
        const char *key, *word;
    } special[] = {
        {"tokenizer.ggml.bos_token_id", "[CLS]"},
        {"tokenizer.ggml.seperator_token_id", "[SEP]"}, /* GGUF's own spelling */
        {"tokenizer.ggml.eos_token_id", "[SEP]"},
        {"tokenizer.ggml.unknown_token_id", "[UNK]"},
        {"tokenizer.ggml.padding_token_id", "[PAD]"},
        {"tokenizer.ggml.mask_token_id", "[MASK]"},
    };
    size_t n;
    char **words = split_lines(text, &n);
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        add_special(g, words, n, special[i].key, special[i].word);

    const char **texts = must_alloc(n, sizeof *texts);
    int32_t *types = must_alloc(n, sizeof *types);
    for (size_t i = 0; i < n; i++) {
        enum token_type type = token_type(words[i]);
        texts[i] = token_text(words[i], type);
        types[i] = (int32_t)type;
    }
    gguf_set_val_str(g, "tokenizer.ggml.model", "bert");
    gguf_set_arr_str(g, "tokenizer.ggml.tokens", texts, n);
    gguf_set_arr_data(g, "tokenizer.ggml.token_type", GGUF_TYPE_INT32, types, n);
}

/* The GGUF name of a BERT tensor, or false when an encoder does not need it. */
static bool tensor_name(const char *name, char out[static MAX_NAME])
{
    static const struct {
        const char *from, *to;
    } table[] = {
        {"embeddings.LayerNorm", "token_embd_norm"},
        {"embeddings.position_embeddings", "position_embd"},
        {"embeddings.token_type_embeddings", "token_types"},
        {"embeddings.word_embeddings", "token_embd"},
        {"attention.output.LayerNorm", "attn_output_norm"},
        {"attention.output.dense", "attn_output"},
        {"attention.self.query", "attn_q"},
        {"attention.self.key", "attn_k"},
        {"attention.self.value", "attn_v"},
        {"intermediate.dense", "ffn_up"},
        {"output.LayerNorm", "layer_output_norm"},
        {"output.dense", "ffn_down"},
    };
    unsigned layer = 0;
    int skip = 0;
    bool in_layer = sscanf(name, "encoder.layer.%u.%n", &layer, &skip) == 1 && skip > 0;
    name += skip;
    const char *suffix = strrchr(name, '.');
    for (size_t i = 0; suffix && i < sizeof table / sizeof *table; i++) {
        size_t len = (size_t)(suffix - name);
        if (strlen(table[i].from) != len || strncmp(table[i].from, name, len) != 0)
            continue;
        if (in_layer)
            snprintf(out, MAX_NAME, "blk.%u.%s%s", layer, table[i].to, suffix);
        else
            snprintf(out, MAX_NAME, "%s%s", table[i].to, suffix);
        return true;
    }
    return false;
}

/* Matrices become F16; vectors and the two small tables that are added stay F32. */
static enum ggml_type stored_type(const char *name, size_t n_dims)
{
    return n_dims == 2 && !strstr(name, "position") && !strstr(name, "token_type")
               ? GGML_TYPE_F16
               : GGML_TYPE_F32;
}

static void add_tensor(struct gguf_context *g, struct ggml_context *tensors,
                       const char *name, yyjson_val *entry, struct bytes data)
{
    char out[MAX_NAME];
    if (strcmp(name, "embeddings.position_ids") == 0 || strncmp(name, "pooler.", 7) == 0)
        return;
    if (!tensor_name(name, out))
        die("unknown tensor '%s'", name);

    yyjson_val *shape = yyjson_obj_get(entry, "shape"),
               *at = yyjson_obj_get(entry, "data_offsets");
    size_t n_dims = yyjson_arr_size(shape), n_values = 1;
    int64_t ne[2] = {1, 1}; /* fastest dimension first: the reverse of the file's order */
    if (!yyjson_equals_str(yyjson_obj_get(entry, "dtype"), "F32") || n_dims < 1 ||
        n_dims > 2)
        die("tensor '%s' is not a vector or matrix of F32", name);
    for (size_t i = 0; i < n_dims; i++) {
        uint64_t dim = yyjson_get_uint(yyjson_arr_get(shape, n_dims - 1 - i));
        if (dim == 0 || dim > data.len)
            die("tensor '%s' has a bad shape", name);
        ne[i] = (int64_t)dim;
        n_values *= dim;
    }
    uint64_t start = yyjson_get_uint(yyjson_arr_get(at, 0)),
             end = yyjson_get_uint(yyjson_arr_get(at, 1));
    if (start > end || end > data.len || end - start != n_values * sizeof(float))
        die("tensor '%s' does not match its size", name);

    struct ggml_tensor *t =
        ggml_new_tensor(tensors, stored_type(name, n_dims), (int)n_dims, ne);
    ggml_set_name(t, out);
    float *values = must_alloc(n_values, sizeof *values);
    memcpy(values, data.ptr + start, n_values * sizeof *values);
    if (t->type == GGML_TYPE_F16)
        ggml_fp32_to_fp16_row(values, t->data, (int64_t)n_values);
    else
        memcpy(t->data, values, n_values * sizeof *values);
    free(values);
    gguf_add_tensor(g, t);
}

/* A safetensors file: the header's length in 8 bytes (little endian), a JSON header, the data. */
static void add_tensors(struct gguf_context *g, struct bytes file)
{
    uint64_t header_len = 0;
    for (size_t i = 8; i-- > 0 && file.len >= 8;)
        header_len = header_len << 8 | (unsigned char)file.ptr[i];
    if (file.len < 8 || header_len > file.len - 8)
        die("model.safetensors is cut short");
    struct bytes data = {file.ptr + 8 + header_len, file.len - 8 - header_len};
    yyjson_val *header =
        parse_object(file.ptr + 8, header_len, "the header of model.safetensors");

    struct ggml_init_params params = {
        .mem_size = data.len +
                    yyjson_obj_size(header) * (ggml_tensor_overhead() + GGML_MEM_ALIGN)};
    struct ggml_context *tensors = ggml_init(params);
    if (!tensors)
        die("out of memory");
    size_t i, n;
    yyjson_val *key, *entry;
    yyjson_obj_foreach(header, i, n, key, entry)
    {
        if (!yyjson_equals_str(key, "__metadata__"))
            add_tensor(g, tensors, yyjson_get_str(key), entry, data);
    }
}

static void convert_bert(const char *dir, const char *out)
{
    struct bytes config = read_file(dir, "config.json");
    struct gguf_context *g = gguf_init_empty();
    add_config(g, parse_object(config.ptr, config.len, "config.json"));
    add_vocabulary(g, read_file(dir, "vocab.txt"));
    add_tensors(g, read_file(dir, "model.safetensors"));
    if (!gguf_write_to_file(g, out, false))
        die("cannot write '%s'", out);
}

static void quiet(enum ggml_log_level level, const char *text, void *ctx)
{
    (void)ctx;
    if (level == GGML_LOG_LEVEL_ERROR)
        fputs(text, stderr);
}

static void quantize(const char *in, const char *out)
{
    llama_log_set(quiet, NULL);
    llama_backend_init();
    struct llama_model_quantize_params params = llama_model_quantize_default_params();
    params.ftype = LLAMA_FTYPE_MOSTLY_Q8_0;
    params.allow_requantize =
        true; /* the published file is Q4_1, for which CPUs lack fast kernels */
    if (llama_model_quantize(in, out, &params) != 0)
        die("cannot quantise '%s'", in);
    llama_backend_free();
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "quantize") == 0)
        quantize(argv[2], argv[3]);
    else if (argc == 4 && strcmp(argv[1], "bert") == 0)
        convert_bert(argv[2], argv[3]);
    else
        die("usage: prepare-models quantize IN.gguf OUT.gguf | bert MODEL_DIR OUT.gguf");
    return 0;
}
