#include "method/others.h"

#include "base/base.h"
#include "select/mask.h"
#include "base/banned.h"

struct drp_reviews drp_method_others(const struct drp_method_ctx *x,
                                     const struct drp_sample *s, uint32_t item)
{
    const struct drp_reviews others = drp_selector_others(x->selector, s, item, x->arena);
    return x->mask_peers ? drp_mask_reviews(others, x->arena) : others;
}
