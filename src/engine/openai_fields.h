/* Fields of a request that not every server takes: which were refused, which were seen to
 * be taken. */
#ifndef DRP_ENGINE_OPENAI_FIELDS_H
#define DRP_ENGINE_OPENAI_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/** Every optional field, in the order in which those that replace each other are tried. */
#define DRP_OPENAI_FIELDS(X)                                                             \
    X(DRP_FIELD_TEMPERATURE, "temperature")                                              \
    X(DRP_FIELD_TOP_P, "top_p")                                                          \
    X(DRP_FIELD_TOP_K, "top_k")                                                          \
    X(DRP_FIELD_MIN_P, "min_p")                                                          \
    X(DRP_FIELD_SEED, "seed")                                                            \
    X(DRP_FIELD_STOP, "stop")                                                            \
    X(DRP_FIELD_MAX_TOKENS, "max_tokens")                                                \
    X(DRP_FIELD_MAX_COMPLETION, "max_completion_tokens")                                 \
    X(DRP_FIELD_REPETITION, "repetition_penalty") /* vLLM, SGLang */                     \
    X(DRP_FIELD_REPEAT, "repeat_penalty")         /* llama-server */                     \
    X(DRP_FIELD_REPEAT_LAST_N, "repeat_last_n")                                          \
    X(DRP_FIELD_CACHE_PROMPT, "cache_prompt")                                            \
    X(DRP_FIELD_STREAM_OPTIONS, "stream_options")                                        \
    X(DRP_FIELD_RESPONSE_FORMAT, "response_format")                                      \
    X(DRP_FIELD_STRUCTURED, "structured_outputs") /* vLLM */                             \
    X(DRP_FIELD_GUIDED, "guided_json")            /* vLLM before that */                 \
    X(DRP_FIELD_GRAMMAR, "grammar")               /* llama-server; the next ones too */  \
    X(DRP_FIELD_SAMPLERS, "samplers")                                                    \
    X(DRP_FIELD_MIROSTAT, "mirostat")                                                    \
    X(DRP_FIELD_FREQUENCY, "frequency_penalty")                                          \
    X(DRP_FIELD_PRESENCE, "presence_penalty")

/** A field, as a bit. */
enum drp_openai_field {
#define DRP_FIELD_INDEX(name, word) name##_INDEX,
    DRP_OPENAI_FIELDS(DRP_FIELD_INDEX)
#undef DRP_FIELD_INDEX
        DRP_N_OPENAI_FIELDS,
#define DRP_FIELD_BIT(name, word) name = 1 << name##_INDEX,
    DRP_OPENAI_FIELDS(DRP_FIELD_BIT)
#undef DRP_FIELD_BIT
};

/** The word that stands in a request for a single field. */
const char *drp_openai_field_word(uint32_t field);

/**
 * The fields among `sent` that the text of a refusal (the body of a 400, 404 or 422)
 * names; 0: the refusal is about something else.
 */
uint32_t drp_openai_fields_named(struct drp_sv refusal, uint32_t sent);

#endif
