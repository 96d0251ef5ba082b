/* The methods there are. A new one is a file that defines `const struct drp_method drp_method_NAME`, and a line here. */
#ifndef DRP_METHOD_TABLE_H
#define DRP_METHOD_TABLE_H

#include "method/method.h"

/** Every method, in the order of the paper's Table 1. */
// clang-format off
#define DRP_METHODS(X) \
    X(nonp) \
    X(rag) \
    X(intsum) \
    X(trsr) \
    X(cicl) \
    X(pdb) \
    X(dpl) \
    X(drp)
// clang-format on

#define DRP_METHOD_DECLARE(name) extern const struct drp_method drp_method_##name;
DRP_METHODS(DRP_METHOD_DECLARE)
#undef DRP_METHOD_DECLARE

#endif
